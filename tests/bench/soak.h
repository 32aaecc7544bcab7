/* SPDX-License-Identifier: MIT */
/* Reads a layer very often while its fake kernel changes: objects come and go,
 * counters grow, wrap and are reset, files break and are mended. Memory and
 * open files must be the same at the end. */
#ifndef SOAK_H
#define SOAK_H

#include "config_node.h"
#include "layer.h"
#include "temp_tree.h"

/* Reads after which the kernel has the same objects again, though they are
 * others: counters go on, and each new object has an identity of its own. */
#define SOAK_PERIOD 500

struct soak {
  const struct layer *layer;
  const struct config_node *options; /* besides ProcRoot and SysRoot */
  size_t option_count;

  /* Changes the kernel before a read. Reads count from 0; place is that of the
   * read in its period, and decides which objects there are. */
  void (*move)(const struct temp_tree *tree, unsigned read, unsigned place);

  /* Makes what must be there when the layer starts, and frees what was made.
   * May be NULL. */
  void (*make)(const struct temp_tree *tree);
  void (*end)(void);
};

/* Runs the soak with the arguments of main(): [READS]. Prints figures and the
 * result as TAP. Returns the exit status. */
int soak_run(const struct soak *soak, int argc, char **argv);

/* A number below limit that seems random; another salt gives another one. */
unsigned soak_choice(unsigned place, unsigned salt, unsigned limit);

/* Whether a loss is going on that begins and ends once in 50 reads. */
bool soak_loses(unsigned place);

#endif
