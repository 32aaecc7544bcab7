/* SPDX-License-Identifier: MIT */
/* Which interfaces a layer looks at: those that have a device, unless the user
 * names others. */
#ifndef INTERFACE_CHOICE_H
#define INTERFACE_CHOICE_H

#include "layer.h"
#include "link_stats.h"
#include "match.h"

struct interface_choice {
  struct match interfaces;
  bool ignore_selected;
};

/* The options of a layer whose state has such a member. */
#define INTERFACE_CHOICE_OPTIONS(state, member)                                \
  {.name = "Interface",                                                        \
   .kind = OPTION_MATCH,                                                       \
   .offset = offsetof(state, member.interfaces),                               \
   .value = "\"eth0\"|\"/^en/\"",                                              \
   .help = "Looks at these interfaces, made by software or not. Can be given " \
           "several times. Default: those that have a device."},               \
  {                                                                            \
    .name = "IgnoreSelected", .kind = OPTION_BOOLEAN,                          \
    .offset = offsetof(state, member.ignore_selected), .value = "true|false",  \
    .help = "Looks at all interfaces that have a device, but those. "          \
            "Default: false."                                                  \
  }

/* True if the interface has a device, that is, is not made by software. */
bool interface_has_device(const struct sysroot *root,
                          const struct link_stats_one *link);

bool interface_is_chosen(const struct interface_choice *choice,
                         const struct sysroot *root,
                         const struct link_stats_one *link);

void interface_choice_free(struct interface_choice *choice);

#endif
