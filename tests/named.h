/* SPDX-License-Identifier: MIT */
/* Labels of a test's object that is identified by one name alone. */
#ifndef NAMED_H
#define NAMED_H

#include "labels.h"

#define NAMED(name) (&(const struct labels){.device = (name)})

#endif
