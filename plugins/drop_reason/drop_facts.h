/* SPDX-License-Identifier: MIT */
/* The classes of the kernel's drop reasons, and the facts that the table
 * drop_reasons.tsv has for each: the build makes drop_facts[] of it. */
#ifndef DROP_FACTS_H
#define DROP_FACTS_H

#include <stdbool.h>
#include <stddef.h>

enum drop_class {
  DROP_CAPACITY, /* something was full: more room or a faster reader helps */
  DROP_FAULT,    /* a bad packet, or a fault in the set-up */
  DROP_POLICY,   /* a rule demands it */
  DROP_NORMAL,   /* no loss */
  DROP_UNCLASSIFIED, /* unknown reason, or none given */
  DROP_CLASSES,
};

struct drop_fact {
  enum drop_class class;
  bool is_reason; /* false: a total, or the layer's own counter */
};

/* A function that drops packets for one reason, mostly at least, in a range of
 * releases without reasons. */
struct drop_function {
  const char *name;
  unsigned from, until; /* both included */
  const char *reason;   /* a row of drop_reasons.tsv */
};

#define DROP_RELEASE(major, minor) ((unsigned)(major)*256 + (unsigned)(minor))

#endif
