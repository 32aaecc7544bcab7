/* SPDX-License-Identifier: MIT */
#include "snmp_space.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "descriptors.h"

/* The tables, sockstat, sockstat6 and nf_conntrack_count. */
enum { FILES = SNMP_SOURCES + 3 };

static void list_files(struct snmp_space *space,
                       struct sysroot_file *ret[static FILES]) {
  for (size_t i = 0; i < SNMP_SOURCES; i++)
    ret[i] = &space->sources.all[i].table.file;
  ret[SNMP_SOURCES] = &space->derived.levels.sockstat.file;
  ret[SNMP_SOURCES + 1] = &space->derived.levels.sockstat.file6;
  ret[SNMP_SOURCES + 2] = &space->conntrack.count;
}

void snmp_space_init(struct snmp_space *space,
                     const struct layer_context *context,
                     struct net_namespace *netns) {
  struct sysroot_file *files[FILES];
  *space = (struct snmp_space){.scope = {.context = context, .netns = netns},
                               .conntrack = SNMP_CONNTRACK,
                               .derived = SNMP_DERIVED,
                               .refresh = CLOCK_REFRESH_NEVER};
  snmp_sources_init(&space->sources);
  list_files(space, files);
  for (size_t i = 0; i < FILES; i++)
    files[i]->is_foreign = netns != NULL;
}

void snmp_space_free(struct snmp_space *space) {
  snmp_sources_free(&space->sources);
  snmp_conntrack_free(&space->conntrack);
  snmp_derived_free(&space->derived);
}

/* Returns how many tables may stay open between reads, beside the file of each
 * namespace. Those of further namespaces are opened for each read. */
static size_t most_kept_files(const struct snmp_spaces *spaces) {
  size_t share = descriptors_share();
  return share > spaces->foreign_count ? share - spaces->foreign_count : 0;
}

static int open_files(struct snmp_spaces *spaces, struct snmp_space *space) {
  struct sysroot_file *files[FILES];
  list_files(space, files);
  int r = net_namespace_open_files(space->scope.netns, spaces->context, files,
                                   FILES);
  if (snmp_sources_is_open(&space->sources, "conntrack"))
    sysroot_file_close(&space->conntrack.count);
  size_t count = 0;
  for (size_t i = 0; i < FILES; i++)
    count += files[i]->is_open;
  size_t others = spaces->kept_files - space->kept_files;
  space->keeps_files = r == 0 && others + count <= most_kept_files(spaces);
  space->kept_files = space->keeps_files ? count : 0;
  spaces->kept_files = others + space->kept_files;
  return r;
}

static void close_files(struct snmp_space *space) {
  struct sysroot_file *files[FILES];
  list_files(space, files);
  for (size_t i = 0; i < FILES; i++)
    sysroot_file_close(files[i]);
}

/* Gives up what the space keeps open once namespaces have come that need a file
 * of their own. */
static void keep_share(struct snmp_spaces *spaces, struct snmp_space *space) {
  if (!space->keeps_files || spaces->kept_files <= most_kept_files(spaces))
    return;
  spaces->kept_files -= space->kept_files;
  space->kept_files = 0;
  space->keeps_files = false;
}

static void end_space(struct snmp_spaces *spaces, struct snmp_space *space) {
  spaces->foreign_count--;
  spaces->kept_files -= space->kept_files;
  snmp_space_free(space);
  free(space);
}

static int begin(void *state, struct net_namespace *netns) {
  struct snmp_spaces *spaces = state;
  struct snmp_space *space = malloc(sizeof(*space));
  if (space == NULL)
    return -ENOMEM;
  snmp_space_init(space, spaces->context, netns);
  spaces->foreign_count++;
  int r = open_files(spaces, space);
  if (r < 0) {
    end_space(spaces, space);
    return r;
  }
  if (!space->keeps_files)
    close_files(space);
  netns->space = space;
  return 0;
}

static void end(void *state, struct net_namespace *netns) {
  end_space(state, netns->space);
}

const struct namespaces_user snmp_space_user = {.begin = begin, .end = end};

/* Does what has to be done inside the namespace before its files are read. */
static int prepare(struct snmp_spaces *spaces, struct snmp_space *space,
                   double now) {
  bool is_due = clock_refresh_is_due(&space->refresh, now);
  int r = 0;
  if (is_due)
    snmp_scope_read_settings(&space->scope);
  if (is_due || !space->keeps_files)
    r = open_files(spaces, space);
  if (is_due)
    clock_refresh_done(&space->refresh, now);
  if (r == 0)
    layer_problem_end(&space->problem, spaces->context,
                      "counters of network namespace %s can be read again",
                      space->scope.netns->name);
  else
    layer_problem_begin(&space->problem, spaces->context,
                        "counters of network namespace %s cannot be read: %s",
                        space->scope.netns->name, strerror(-r));
  return r;
}

int snmp_space_read(struct snmp_spaces *spaces, struct snmp_space *space,
                    struct report *report) {
  bool is_foreign = space->scope.netns != NULL;
  int r = is_foreign ? prepare(spaces, space, report_now(report)) : 0;
  if (r == 0) {
    r = snmp_sources_read(&space->sources, &space->scope, spaces->selection,
                          report);
    snmp_conntrack_report(&space->conntrack, &space->scope, report);
    snmp_derived_report(&space->derived, &space->scope, report);
  } else {
    report_object_keep(report, snmp_scope_name(&space->scope), NULL);
  }
  if (is_foreign)
    keep_share(spaces, space);
  if (is_foreign && !space->keeps_files)
    close_files(space);
  return r;
}
