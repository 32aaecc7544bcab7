/* SPDX-License-Identifier: MIT */
/* What the files of snmp_proto share. */
#ifndef SNMP_PROTO_H
#define SNMP_PROTO_H

#include "clock.h"
#include "layer.h"
#include "layer_problem.h"
#include "namespaces.h"
#include "proto_table.h"
#include "snmp_derived.h"

/* One table, and which meter each of its counters is. */
struct snmp_source {
  struct proto_table table;
  const char *object; /* of all its counters, where the text names none */
  bool required;
  unsigned pause;      /* reads until an absent table is looked for again */
  unsigned generation; /* of the table, when meters was made */
  unsigned *meters;
  struct layer_problem problem;
};

enum { SNMP_SOURCES = 8 };

/* Settings that what is worked out goes by, and that namespaces have. */
enum snmp_setting {
  SNMP_SETTING_SYNCOOKIES,
  SNMP_SETTING_TIME_WAIT,
  SNMP_SETTING_FRAGMENTS,
  SNMP_SETTING_FRAGMENTS6,
  SNMP_SETTING_CONNTRACK,
  SNMP_SETTINGS,
};

/* A network namespace. */
struct snmp_space {
  struct net_namespace *netns; /* NULL: the host's */
  struct snmp_source sources[SNMP_SOURCES];
  struct snmp_derived derived;
  uint64_t reads;

  /* Not of the host: the report has its settings, and its files open by
   * themselves. */
  double settings[SNMP_SETTINGS]; /* NAN: not known */
  struct clock_refresh looked;    /* for settings and files */
  bool keeps_files;               /* between reads */
  size_t kept_files;
  struct layer_problem problem;
};

struct snmp_proto {
  /* Options. */
  int selection; /* index in the choices of Report */
  struct match counters;
  bool ignore_selected;

  const struct layer_context *context;
  bool prepared; /* the report knows what is selected */
  struct snmp_space host;
  struct namespaces namespaces; /* and those that were asked for */
  size_t kept_files;            /* of all of them */
};

/* When a counter is sent that the table of counters does not know. */
enum meter_sending snmp_proto_sending(const struct snmp_proto *snmp,
                                      const char *key, bool by_default);

/* What the layer does as namespaces come and go. */
extern const struct namespaces_user snmp_space_user;

void snmp_space_init(struct snmp_space *space, struct net_namespace *netns);
void snmp_space_close(struct snmp_space *space);

/* Reads and reports all that there is in a namespace. Returns 0, or -errno
 * where nothing at all could be read, having said why. */
int snmp_space_read(struct snmp_proto *snmp, struct snmp_space *space,
                    struct report *report);

/* layer_problem_source() of a file that belongs to the namespace. */
void snmp_space_problem(const struct snmp_space *space,
                        struct layer_problem *problem,
                        const struct layer_context *context, const char *path,
                        int result, const struct scan_error *fault,
                        const char *consequence);

/* The labels of an object, by the protocol or table that the kernel names; ""
 * is all of them. */
struct labels snmp_space_labels(const struct snmp_space *space,
                                const char *protocol);

/* A setting, or NAN. One that is not its own is the host's. */
double snmp_space_setting(const struct snmp_space *space,
                          const struct report *report, unsigned meter);

/* The tables, as they are before the first read. */
void snmp_sources_init(struct snmp_space *space);
void snmp_sources_free(struct snmp_space *space);

/* Reads all tables. Returns as snmp_space_read(). */
int snmp_sources_read(struct snmp_proto *snmp, struct snmp_space *space,
                      struct report *report);

#endif
