/* SPDX-License-Identifier: MIT */
/* Names that every store accepts: Graphite, InfluxDB, RRD, CSV files. */
#ifndef METRIC_NAME_H
#define METRIC_NAME_H

/* With the terminating NUL. */
#define METRIC_NAME_SIZE 64

/* Makes a name safe. Letters, digits, '_', '.' and '-' stay; each run of other
 * characters, with any '_' beside it, becomes one '_'. Blanks around the name
 * are dropped. A name that exceeds 63 characters, or has bytes that are not
 * printable ASCII, ends in a hash of the whole ("_1f9c03ab"): such names differ
 * by what was cut or replaced. An empty name stays empty. A name of unsafe
 * characters alone, "." and ".." become "_", because names become files. */
void metric_name(char ret[static METRIC_NAME_SIZE], const char *name);

/* The same, always with a hash. number makes another hash of the same name. */
void metric_name_hashed(char ret[static METRIC_NAME_SIZE], const char *name,
                        unsigned number);

#endif
