/* SPDX-License-Identifier: MIT */
/* The running kernel's types, from /sys/kernel/btf/vmlinux (Linux 5.4 with
 * CONFIG_DEBUG_INFO_BTF): offsets of members, arguments of tracepoints, names
 * of enumerators. Format: include/uapi/linux/btf.h. */
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
  const struct btf_type **types; /* by id; 0, void, is NULL */
  uint32_t count;                /* of types, including void */
};

/* Where a blob is malformed. */
struct btf_error {
  size_t offset;        /* in bytes */
  const char *expected; /* a static description */
};

/* Parses a blob and checks the length and name of every type. Returns 0, and
 * ret owns data; or -ENOMEM, or -EBADMSG with error filled (may be NULL), and
 * the caller still owns data. */
int btf_parse(struct btf *ret, void *data, size_t size,
              struct btf_error *error);

/* Reads the kernel's types. Returns as btf_parse(), or another -errno: -ENOENT
 * if the kernel has no BTF. */
int btf_load(struct btf *ret, const struct sysroot *root,
             struct btf_error *error);

/* Accepts all zero. */
void btf_free(struct btf *btf);

/* Returns the id of the type of this kind (BTF_KIND_STRUCT) and name, or 0. */
uint32_t btf_find(const struct btf *btf, unsigned kind, const char *name);

/* Returns the kind of a type; BTF_KIND_UNKN for void and for an unknown id. */
unsigned btf_kind(const struct btf *btf, uint32_t id);

/* Returns the name of a type, or "". */
const char *btf_name(const struct btf *btf, uint32_t id);

/* Returns the type that a typedef, pointer or qualifier refers to; 0 for other
 * kinds. */
uint32_t btf_target(const struct btf *btf, uint32_t id);

/* Returns the type without typedefs and qualifiers. */
uint32_t btf_plain(const struct btf *btf, uint32_t id);

/* Finds the offset of a struct's member in bytes, also within unnamed structs
 * and unions. Returns 0, or -ENOENT, also for a bit field and for a member that
 * does not begin at a byte. */
int btf_member_offset(const struct btf *btf, uint32_t id, const char *name,
                      uint32_t *ret);

/* Finds the type of a function's argument, counted from 0. Returns false if
 * there is none, or id is not a function prototype. */
bool btf_argument(const struct btf *btf, uint32_t id, uint32_t index,
                  uint32_t *ret);

/* Finds the name and value of an enumerator, counted from 0, of a 32-bit enum.
 * Returns false if there is none. */
bool btf_enumerator(const struct btf *btf, uint32_t id, uint32_t index,
                    const char **ret_name, uint32_t *ret_value);

#endif
