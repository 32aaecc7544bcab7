/* SPDX-License-Identifier: MIT */
/* A setting that is worth changing. */
#ifndef SETTINGS_FINDING_H
#define SETTINGS_FINDING_H

struct settings_finding {
  char object[64];    /* "eth0", "tcp-443"; "": the host */
  char setting[64];   /* "rx ring", "net.core.somaxconn" */
  char value[64];     /* what it is */
  char evidence[128]; /* what was counted, a clause */
  char command[128];  /* what to type, or what to do in the application */
};

typedef void settings_take_finding(void *data,
                                   const struct settings_finding *finding);

#endif
