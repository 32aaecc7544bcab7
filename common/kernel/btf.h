/* SPDX-License-Identifier: MIT */
/* The running kernel's types, as it describes them itself (BTF, in
 * /sys/kernel/btf/vmlinux, Linux 5.4 with CONFIG_DEBUG_INFO_BTF): where a
 * member is, which arguments a tracepoint has, what the numbers of an enum
 * mean. The format is that of include/uapi/linux/btf.h. */
#ifndef BTF_H
#define BTF_H

#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sysroot;

struct btf {
  void *data; /* owned */
  const char *strings;
  uint32_t strings_size;
  const struct btf_type **types; /* by id; that of 0, void, is NULL */
  uint32_t count;                /* of types, void included */
};

/* Where a blob was not what it should be. */
struct btf_error {
  size_t offset;        /* in bytes */
  const char *expected; /* a static description */
};

/* Takes a blob, which is btf's from then on, and checks every type's length and
 * every name. Returns 0, -ENOMEM, or -EBADMSG with error (may be NULL) filled;
 * data is then still the caller's. */
int btf_parse(struct btf *ret, void *data, size_t size,
              struct btf_error *error);

/* Reads that of the kernel. Returns as above; -ENOENT where it has none. */
int btf_load(struct btf *ret, const struct sysroot *root,
             struct btf_error *error);

/* Accepts one that is all zero. */
void btf_free(struct btf *btf);

/* The id of the type of this kind (BTF_KIND_STRUCT) and name, or 0. */
uint32_t btf_find(const struct btf *btf, unsigned kind, const char *name);

/* The kind of a type; BTF_KIND_UNKN for void and for what there is not. */
unsigned btf_kind(const struct btf *btf, uint32_t id);

/* Its name, "" where it has none. */
const char *btf_name(const struct btf *btf, uint32_t id);

/* What a typedef, or a pointer, or a qualifier stands for; 0 for others. */
uint32_t btf_target(const struct btf *btf, uint32_t id);

/* The type without its typedefs and qualifiers. */
uint32_t btf_plain(const struct btf *btf, uint32_t id);

/* Where a member is in a struct, in bytes from its beginning, be it in a nested
 * struct or union without a name. Returns 0, or -ENOENT: also for a bit field
 * and for a member that does not begin at a byte. */
int btf_member_offset(const struct btf *btf, uint32_t id, const char *name,
                      uint32_t *ret);

/* The type of a function's argument, counted from 0. False when it has no more,
 * or is no prototype of a function. */
bool btf_argument(const struct btf *btf, uint32_t id, uint32_t index,
                  uint32_t *ret);

/* The name and the value of an enumerator, counted from 0, of an enum of 32
 * bits. False when there are no more. */
bool btf_enumerator(const struct btf *btf, uint32_t id, uint32_t index,
                    const char **ret_name, uint32_t *ret_value);

#endif
