/* SPDX-License-Identifier: MIT */
/* What is worth changing, by what the host has counted. */
#ifndef SETTINGS_RULES_H
#define SETTINGS_RULES_H

#include "settings_facts.h"
#include "settings_finding.h"

/* Goes over the facts and hands over each finding. */
void settings_rules_apply(const struct settings_facts *facts,
                          settings_take_finding *take, void *data);

#endif
