/* SPDX-License-Identifier: MIT */
/* What is worth changing about sockets that lost something. */
#ifndef SETTINGS_SOCKETS_H
#define SETTINGS_SOCKETS_H

#include "settings_facts.h"
#include "settings_finding.h"

/* Hands over each finding. */
void settings_sockets_apply(const struct settings_facts *facts,
                            settings_take_finding *take, void *data);

#endif
