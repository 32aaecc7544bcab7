/* SPDX-License-Identifier: MIT */
/* Network namespaces with listeners, in a process of their own, of which nobody
 * else sees anything and nothing is left. */
#ifndef MANY_NAMESPACES_H
#define MANY_NAMESPACES_H

#include <sys/types.h>

/* So many of them at most, with so many listeners each. */
#define MANY_NAMESPACES 64
#define NAMESPACE_LISTENERS 20

/* Calls run in a child that sees none but its own processes, has a /run/netns
 * of its own, and may make namespaces. Returns the child's exit status, what
 * run returned, or -errno where such a child cannot be had. */
int many_namespaces_apart(int (*run)(void *data), void *data);

/* Makes the i-th one, with a name ("many-3") or with a process that is in it.
 * Ends the program if that cannot be done. */
void many_namespaces_name(unsigned i);
void many_namespaces_process(unsigned i);

/* Ends it. */
void many_namespaces_end(unsigned i);

/* Enters it; -1: goes back. */
void many_namespaces_enter(int i);

#endif
