/* SPDX-License-Identifier: MIT */
/* Derives reasons for kernels that give none, before Linux 5.17, from the
 * functions that drop packets: the table drop_functions.tsv. */
#ifndef DROP_CAUSES_H
#define DROP_CAUSES_H

struct sysroot;

/* Reads the running kernel's release, for drop_causes_find(); 0: unknown. */
unsigned drop_causes_release(const struct sysroot *root);

/* Returns the name of the reason for which a function of this release drops
 * packets, mostly at least: "socket_rcvbuff". NULL: not known. */
const char *drop_causes_find(const char *function, unsigned release);

#endif
