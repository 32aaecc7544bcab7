/* SPDX-License-Identifier: MIT */
/* The network namespaces whose counters are read: the host's, and those that
 * the user asked for. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "descriptors.h"
#include "proto_counters.h"
#include "snmp_proto.h"

enum { FILES = SNMP_SOURCES + 2 };

static const unsigned settings[SNMP_SETTINGS] = {
    [SNMP_SETTING_SYNCOOKIES] = PROTO_SETTING_tcp_syncookies,
    [SNMP_SETTING_TIME_WAIT] = PROTO_SETTING_tcp_max_tw_buckets,
    [SNMP_SETTING_FRAGMENTS] = PROTO_SETTING_ipfrag_high_thresh,
    [SNMP_SETTING_FRAGMENTS6] = PROTO_SETTING_ip6frag_high_thresh,
    [SNMP_SETTING_CONNTRACK] = PROTO_SETTING_nf_conntrack_max,
};

static void list_files(struct snmp_space *space,
                       struct sysroot_file *ret[static FILES]) {
  for (size_t i = 0; i < SNMP_SOURCES; i++)
    ret[i] = &space->sources[i].table.file;
  ret[SNMP_SOURCES] = &space->derived.sockstat.file;
  ret[SNMP_SOURCES + 1] = &space->derived.sockstat.file6;
}

void snmp_space_init(struct snmp_space *space, struct net_namespace *netns) {
  struct sysroot_file *files[FILES];
  *space = (struct snmp_space){
      .netns = netns, .derived = SNMP_DERIVED, .looked = CLOCK_REFRESH_NEVER};
  snmp_sources_init(space);
  list_files(space, files);
  for (size_t i = 0; i < FILES; i++)
    files[i]->is_foreign = netns != NULL;
}

void snmp_space_close(struct snmp_space *space) {
  snmp_sources_free(space);
  snmp_derived_free(&space->derived);
}

void snmp_space_problem(const struct snmp_space *space,
                        struct layer_problem *problem,
                        const struct layer_context *context, const char *path,
                        int result, const struct scan_error *fault,
                        const char *consequence) {
  char source[LABELS_NAME_SIZE];
  struct text text = TEXT_IN(source);
  text_add(&text, "%s", path);
  if (space->netns != NULL)
    text_add(&text, " of namespace %s", space->netns->name);
  layer_problem_source(problem, context, source, result, fault, consequence);
}

struct labels snmp_space_labels(const struct snmp_space *space,
                                const char *protocol) {
  return (struct labels){.netns =
                             space->netns != NULL ? space->netns->name : NULL,
                         .protocol = protocol[0] != '\0' ? protocol : NULL};
}

double snmp_space_setting(const struct snmp_space *space,
                          const struct report *report, unsigned meter) {
  if (space->netns != NULL)
    for (size_t i = 0; i < SNMP_SETTINGS; i++)
      if (settings[i] == meter)
        return space->settings[i];
  return report_level(report, report_object_find(report, REPORT_HOST), meter);
}

static void read_settings(const struct snmp_proto *snmp,
                          struct snmp_space *space) {
  for (size_t i = 0; i < SNMP_SETTINGS; i++) {
    int64_t value;
    int r = net_namespace_read_number(
        space->netns, snmp->context, proto_meters[settings[i]].setting, &value);
    space->settings[i] = r == 0 ? (double)value : NAN;
  }
}

/* Returns how many tables can be kept open between reads, besides the file of
 * each namespace. Of further namespaces they are opened for each read. */
static size_t most_kept_files(const struct snmp_proto *snmp) {
  size_t share = descriptors_share();
  size_t files = namespaces_count_watched(&snmp->namespaces);
  return share > files ? share - files : 0;
}

static void shut_files(struct snmp_space *space) {
  struct sysroot_file *files[FILES];
  list_files(space, files);
  for (size_t i = 0; i < FILES; i++)
    sysroot_file_close(files[i]);
}

/* Closes the tables until the next read. */
static void release_files(struct snmp_proto *snmp, struct snmp_space *space) {
  shut_files(space);
  snmp->kept_files -= space->kept_files;
  space->kept_files = 0;
  space->keeps_files = false;
}

static int open_files(struct snmp_proto *snmp, struct snmp_space *space) {
  struct sysroot_file *files[FILES];
  list_files(space, files);
  int r = net_namespace_open_files(space->netns, snmp->context, files, FILES);
  size_t count = 0;
  for (size_t i = 0; i < FILES; i++)
    count += files[i]->is_open;
  size_t others = snmp->kept_files - space->kept_files;
  space->keeps_files = r == 0 && others + count <= most_kept_files(snmp);
  space->kept_files = space->keeps_files ? count : 0;
  snmp->kept_files = others + space->kept_files;
  return r;
}

static void close_space(struct snmp_proto *snmp, struct snmp_space *space) {
  snmp->kept_files -= space->kept_files;
  snmp_space_close(space);
  free(space);
}

static int begin(void *state, struct net_namespace *netns) {
  struct snmp_space *space = malloc(sizeof(*space));
  if (space == NULL)
    return -ENOMEM;
  snmp_space_init(space, netns);
  int r = open_files(state, space);
  if (r < 0) {
    close_space(state, space);
    return r;
  }
  if (!space->keeps_files)
    release_files(state, space);
  netns->space = space;
  return 0;
}

static void end(void *state, struct net_namespace *netns) {
  close_space(state, netns->space);
}

const struct namespaces_user snmp_space_user = {.begin = begin, .end = end};

/* What has to be done in the namespace itself, before it is read from here. */
static int prepare(struct snmp_proto *snmp, struct snmp_space *space,
                   double now) {
  bool is_due = clock_refresh_is_due(&space->looked, now);
  int r = 0;
  if (is_due)
    read_settings(snmp, space);
  if (is_due || !space->keeps_files)
    r = open_files(snmp, space);
  if (is_due)
    clock_refresh_done(&space->looked, now);
  if (r == 0)
    layer_problem_end(&space->problem, snmp->context,
                      "counters of network namespace %s can be read again",
                      space->netns->name);
  else
    layer_problem_begin(&space->problem, snmp->context,
                        "counters of network namespace %s cannot be read: %s",
                        space->netns->name, strerror(-r));
  return r;
}

int snmp_space_read(struct snmp_proto *snmp, struct snmp_space *space,
                    struct report *report) {
  int r = 0;
  if (space->netns != NULL)
    r = prepare(snmp, space, report_now(report));
  if (r < 0)
    report_set_incomplete(report);
  if (r == 0) {
    space->reads++;
    r = snmp_sources_read(snmp, space, report);
    snmp_derived_report(snmp, space, report);
  }
  /* More namespaces may have come that need a file of their own. */
  if (space->netns != NULL &&
      (!space->keeps_files || snmp->kept_files > most_kept_files(snmp)))
    release_files(snmp, space);
  return r;
}
