/* SPDX-License-Identifier: MIT */
/* What is known of the kernel's reasons for dropping packets. The table itself
 * is drop_reasons.tsv, of which the build makes drop_reasons.h and .c. */
#ifndef DROP_FACTS_H
#define DROP_FACTS_H

#include <stdbool.h>

enum drop_class {
  DROP_CAPACITY,     /* something was full: a loss that can be helped */
  DROP_FAULT,        /* something is wrong with the packet or the set-up */
  DROP_POLICY,       /* a rule says so */
  DROP_NORMAL,       /* no loss */
  DROP_UNCLASSIFIED, /* a reason that is not known, or not told */
  DROP_CLASSES,
};

struct drop_fact {
  enum drop_class class;
  bool is_reason;      /* and no total */
  const char *overlap; /* "PLUGIN:METER", which tells of the same; or NULL */
};

#endif
