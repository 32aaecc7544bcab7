/* SPDX-License-Identifier: MIT */
#include "proc_udp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* Columns, counted in words. */
enum {
  COLUMN_LOCAL = 1,
  COLUMN_QUEUES = 4,
  COLUMN_UID = 7,
  COLUMN_INODE = 9,
  COLUMN_DROPS = 12,
  COLUMNS,
};

/* Takes an address: words of four bytes in network order, each printed as a
 * number of this machine. */
static bool take_address(struct scan *scan, struct socket_info *one) {
  size_t words = one->family == AF_INET ? 1 : 4;
  for (size_t i = 0; i < words; i++) {
    uint32_t number;
    if (scan->end - scan->at < 8)
      return false;
    struct scan word = scan_text(scan->at, 8);
    if (!scan_hex32(&word, &number) || !scan_done(&word))
      return false;
    memcpy(one->address + 4 * i, &number, sizeof(number));
    scan->at += 8;
  }
  return true;
}

static bool take_local(struct scan scan, struct socket_info *one) {
  uint32_t port;
  if (!take_address(&scan, one) || !scan_char(&scan, ':') ||
      !scan_hex32(&scan, &port) || !scan_done(&scan) || port > UINT16_MAX)
    return false;
  one->port = (uint16_t)port;
  return true;
}

static bool take_queues(struct scan scan, struct socket_info *one) {
  uint32_t sent;
  return scan_hex32(&scan, &sent) && scan_char(&scan, ':') &&
         scan_hex32(&scan, &one->queue) && scan_done(&scan);
}

static bool take_number(struct scan scan, uint32_t *ret) {
  return scan_u32(&scan, ret) && scan_done(&scan);
}

static bool take_columns(const struct scan columns[static COLUMNS],
                         struct socket_info *one) {
  return take_local(columns[COLUMN_LOCAL], one) &&
         take_queues(columns[COLUMN_QUEUES], one) &&
         take_number(columns[COLUMN_UID], &one->uid) &&
         take_number(columns[COLUMN_INODE], &one->inode) &&
         take_number(columns[COLUMN_DROPS], &one->drops);
}

static int take_line(struct scan line, struct socket_info *one) {
  struct scan columns[COLUMNS];
  struct scan left = line;
  for (size_t i = 0; i < COLUMNS; i++)
    if (!scan_word(&left, &columns[i]))
      return -EBADMSG;
  if (!take_columns(columns, one))
    return -EBADMSG;
  one->has_uid = one->has_drops = true;
  one->cookie = one->inode;
  if (one->inode == 0)
    one->cookie = UINT64_C(1) << 63 | (uint64_t)one->family << 32 |
                  (uint32_t)one->protocol << 16 | one->port;
  return 0;
}

int proc_udp_parse(struct scan text, uint8_t family, uint16_t protocol,
                   socket_info_taker *take, void *data,
                   struct scan_error *error) {
  struct scan line;
  int result = 0;
  if (!scan_line(&text, &line))
    return 0;
  for (size_t number = 2; scan_line(&text, &line); number++) {
    struct socket_info one = {
        .family = family, .protocol = protocol, .path = ""};
    if (take_line(line, &one) < 0)
      return scan_fail(error, number, &line, "a UDP socket");
    int r = take(&one, data);
    if (r < 0 && result == 0)
      result = r;
  }
  return result;
}

int proc_udp_read(const struct sysroot *root, struct sysroot_file *file,
                  uint8_t family, uint16_t protocol, socket_info_taker *take,
                  void *data, struct scan_error *error) {
  int r = sysroot_file_read(root, file);
  if (r < 0)
    return r;
  return proc_udp_parse(sysroot_file_text(file), family, protocol, take, data,
                        error);
}
