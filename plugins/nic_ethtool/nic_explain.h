/* SPDX-License-Identifier: MIT */
/* Why an adapter loses packets, and what to do about it. */
#ifndef NIC_EXPLAIN_H
#define NIC_EXPLAIN_H

struct alert;
struct explanation;
struct report;

/* The layer's explain. */
void nic_explain(void *state, const struct report *report,
                 const struct alert *alert, struct explanation *explanation);

#endif
