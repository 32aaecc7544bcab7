/* SPDX-License-Identifier: MIT */
/* Explains an alert by the place, protocol, network namespace and interface
 * that lose most. */
#ifndef DROP_EXPLAIN_H
#define DROP_EXPLAIN_H

#include "drop_layer.h"

/* Adds to the explanation where most of the reason's packets were dropped in
 * the last read, and the setting that this place goes by. */
void drop_explain(struct drop_layer *drop, const struct alert *alert,
                  struct explanation *explanation);

#endif
