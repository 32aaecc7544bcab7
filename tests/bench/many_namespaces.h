/* SPDX-License-Identifier: MIT */
/* Network namespaces with listeners, made by a child process that hides them
 * from all others and leaves nothing behind. */
#ifndef MANY_NAMESPACES_H
#define MANY_NAMESPACES_H

#include <sys/types.h>

/* The most namespaces, and the listeners of each. */
#define MANY_NAMESPACES 64
#define NAMESPACE_LISTENERS 20

/* Calls run() in a child that has a /proc and a /run/netns of its own and may
 * make namespaces. Returns what run() returned, its exit status, or -errno if
 * there can be no such child. */
int many_namespaces_apart(int (*run)(void *data), void *data);

/* Make namespace i with a name ("many-3") or with a process in it, or end the
 * program. */
void many_namespaces_name(unsigned i);
void many_namespaces_process(unsigned i);

/* Ends namespace i. */
void many_namespaces_end(unsigned i);

/* Enters namespace i, or the first one again for -1. */
void many_namespaces_enter(int i);

#endif
