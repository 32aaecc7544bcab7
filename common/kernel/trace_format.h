/* SPDX-License-Identifier: MIT */
/* The description of the tracepoint skb:kfree_skb in tracefs, which is
 * events/skb/kfree_skb/format: where its fields are, and what the numbers of
 * the reason mean. Both change from kernel to kernel; the reason came with
 * Linux 5.17, and with later releases of 5.15 (include/trace/events/skb.h). */
#ifndef TRACE_FORMAT_H
#define TRACE_FORMAT_H

#include "scan.h"

struct trace_field {
  uint32_t offset; /* in what a program for the tracepoint is given */
  uint32_t size;   /* in bytes; 0: there is no such field */
};

struct trace_format {
  uint32_t id; /* of the tracepoint, for perf_event_open */
  struct trace_field location;
  struct trace_field protocol;
  struct trace_field reason;
  struct scan reasons; /* the text in which trace_format_reason() finds them */
};

/* Takes the file's text, which must outlive ret. Returns 0, or -EBADMSG with
 * error (may be NULL) filled where an id, a location or a protocol is missing
 * or has another size than expected; ret is then unchanged. */
int trace_format_parse(struct scan text, struct trace_format *ret,
                       struct scan_error *error);

/* Takes the next of the reasons. False when there are no more. */
bool trace_format_reason(struct scan *reasons, uint32_t *ret_number,
                         struct scan *ret_name);

#endif
