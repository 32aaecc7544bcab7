/* SPDX-License-Identifier: MIT */
/* The tracepoint skb:kfree_skb, described in events/skb/kfree_skb/format of
 * tracefs: the offsets of its fields and the meaning of its reasons. Both
 * differ between kernels. Linux 5.17 and later releases of 5.15 have a reason.
 * Source: include/trace/events/skb.h. */
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include "scan.h"

struct trace_field {
  uint32_t offset; /* in the record that a program receives */
  uint32_t size;   /* bytes; 0: no such field */
};

struct trace_format {
  uint32_t id;                 /* of the tracepoint, for perf_event_open */
  struct trace_field location; /* a pointer of the kernel: 4 or 8 bytes */
  struct trace_field protocol;
  struct trace_field reason;
  struct scan reasons; /* the text that trace_format_reason() parses */
};

/* Parses the file's text, which must outlive ret. Returns 0, or -EBADMSG with
 * error filled (may be NULL) if id, location or protocol is missing, or a field
 * has an unexpected size; ret is then unchanged. */
int trace_format_parse(struct scan text, struct trace_format *ret,
                       struct scan_error *error);

/* Takes the next reason. Returns false at the end. */
bool trace_format_reason(struct scan *reasons, uint32_t *ret_number,
                         struct scan *ret_name);

#endif
