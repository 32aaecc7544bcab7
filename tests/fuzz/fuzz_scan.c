/* SPDX-License-Identifier: MIT */
/* Every function of scan.h, in an order chosen by the input. */
#include "fuzz.h"

#include "scan.h"

static bool step(struct scan *scan, uint8_t choice) {
  struct scan piece;
  uint32_t number32;
  uint64_t number64;
  int64_t number;
  switch (choice % 8) {
  case 0:
    return scan_line(scan, &piece);
  case 1:
    return scan_word(scan, &piece);
  case 2:
    return scan_char(scan, (char)choice);
  case 3:
    return scan_hex32(scan, &number32);
  case 4:
    return scan_hex64(scan, &number64);
  case 5:
    return scan_u32(scan, &number32);
  case 6:
    return scan_u64(scan, &number64);
  default:
    return scan_i64(scan, &number);
  }
}

/* Compares with the C library each number that both accept. */
static void compare_with_libc(struct scan scan) {
  char digits[32];
  size_t length = (size_t)(scan.end - scan.at);
  if (length >= sizeof(digits))
    return;
  memcpy(digits, scan.at, length);
  digits[length] = '\0';
  struct scan decimal = scan, hexadecimal = scan, sign = scan;
  uint64_t number;
  int64_t with_sign;
  if (scan_u64(&decimal, &number) && scan_done(&decimal))
    FUZZ_EXPECT(number == strtoull(digits, NULL, 10));
  if (scan_hex64(&hexadecimal, &number) && scan_done(&hexadecimal))
    FUZZ_EXPECT(number == strtoull(digits, NULL, 16));
  if (scan_i64(&sign, &with_sign) && scan_done(&sign))
    FUZZ_EXPECT(with_sign == strtoll(digits, NULL, 10));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_input input = fuzz_input(data, size);
  uint8_t choices[32];
  for (size_t i = 0; i < sizeof(choices); i++)
    choices[i] = fuzz_byte(&input);

  struct scan scan = scan_text((const char *)input.data, input.size);
  compare_with_libc(scan);
  for (size_t i = 0; !scan_done(&scan); i++) {
    struct scan before = scan;
    if (step(&scan, choices[i % sizeof(choices)])) {
      FUZZ_EXPECT(scan.at > before.at && scan.at <= scan.end);
    } else {
      FUZZ_EXPECT(scan.at == before.at);
      scan.at++;
    }
    FUZZ_EXPECT(scan.end == before.end);
  }

  struct scan_error error;
  FUZZ_EXPECT(scan_fail(&error, 1, &scan, "anything") < 0);
  scan.at = (const char *)input.data;
  scan_fail(&error, 1, &scan, "anything");
  FUZZ_EXPECT(strlen(error.found) < sizeof(error.found));
  FUZZ_EXPECT(fuzz_is_printable(error.found));
  return 0;
}
