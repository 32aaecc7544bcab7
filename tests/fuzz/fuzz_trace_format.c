/* SPDX-License-Identifier: MIT */
/* A tracepoint's format and the names in it. */
#include "fuzz.h"

#include <errno.h>

#include "drop_names.h"
#include "trace_format.h"

static void look_at(const struct trace_format *format) {
  struct drop_names names = {0};
  FUZZ_EXPECT(format->id != 0);
  FUZZ_EXPECT(format->location.size == 4 || format->location.size == 8);
  FUZZ_EXPECT(format->protocol.size == 2);
  FUZZ_EXPECT(format->reason.size == 0 || format->reason.size == 4);
  if (drop_names_from_format(&names, format->reasons) == 0) {
    for (uint32_t number = 0; number < 130; number++) {
      char name[DROP_NAME_SIZE];
      drop_names_write(&names, number * number * number, name);
      FUZZ_EXPECT(strlen(name) < sizeof(name));
    }
    for (size_t i = 0; i < names.count; i++)
      FUZZ_EXPECT(names.reasons[i].number >> 16 != 0 ||
                  names.reasons[i].number < drop_names_end(&names));
  }
  drop_names_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct trace_format format;
  struct scan_error error = {.expected = NULL};
  int r =
      trace_format_parse(scan_text((const char *)data, size), &format, &error);
  if (r == 0)
    look_at(&format);
  else
    FUZZ_EXPECT(r == -EBADMSG && error.expected != NULL);
  return 0;
}
