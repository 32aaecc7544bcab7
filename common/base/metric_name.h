/* SPDX-License-Identifier: MIT */
/* Names that every store can keep: Graphite, InfluxDB, RRD, CSV files. */
#ifndef METRIC_NAME_H
#define METRIC_NAME_H

/* With the terminating NUL. */
#define METRIC_NAME_SIZE 64

/* Letters, digits, '_', '.' and '-' stay; everything else becomes '_', and a
 * run of '_' becomes one. Blanks around the name are dropped, and what exceeds
 * 63 characters is cut. An empty name stays empty; one of which nothing is left
 * becomes "_", and "." and ".." become "_" too, because names become files. */
void metric_name(char ret[static METRIC_NAME_SIZE], const char *name);

#endif
