/* SPDX-License-Identifier: MIT */
/* The interfaces that a layer watches: by default those that have a device. */
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
   .help = "Watches only these interfaces, made by software or not. Can be "   \
           "given several times. Default: all that have a device."},           \
  {                                                                            \
    .name = "IgnoreSelected", .kind = OPTION_BOOLEAN,                          \
    .offset = offsetof(state, member.ignore_selected), .value = "true|false",  \
    .help = "Watches all interfaces that have a device except the selected "   \
            "ones. Default: false."                                            \
  }

/* Whether an interface has a device: software did not make it. */
bool interface_choice_has_device(const struct sysroot *root,
                                 const struct link_stats_one *link);

bool interface_choice_selects(const struct interface_choice *choice,
                              const struct sysroot *root,
                              const struct link_stats_one *link);

void interface_choice_free(struct interface_choice *choice);

#endif
