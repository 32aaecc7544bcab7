/* SPDX-License-Identifier: MIT */
/* Labels for a test's object that has one name alone. */
#ifndef NAMED_H
#define NAMED_H

#include "labels.h"

#define NAMED(name) (&(const struct labels){.device = (name)})

#endif
