/* SPDX-License-Identifier: MIT */
/* The running kernel's types, from /sys/kernel/btf/vmlinux (Linux 5.4 with
 * CONFIG_DEBUG_INFO_BTF) and those of its modules (5.11): offsets of members,
 * arguments of tracepoints, names of enumerators. Format:
 * include/uapi/linux/btf.h.
 *
 * A module's types extend the kernel's: their ids and the offsets of their
 * names go on where the kernel's end. */
#ifndef BTF_H
#define BTF_H

#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sysroot;

struct btf {
  void *data;             /* owned */
  const struct btf *base; /* the kernel's types, for a module; else NULL */
  const char *strings;
  uint32_t strings_first, strings_size; /* offset of the first; bytes */
  const struct btf_type **types; /* by id, from first on; 0, void, is NULL */
  uint32_t first, count;         /* the first id, and one more than the last */
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

/* Parses the types of a module, which must not outlive base. Returns as
 * btf_parse(). */
int btf_parse_module(struct btf *ret, const struct btf *base, void *data,
                     size_t size, struct btf_error *error);

/* Reads the kernel's types. Returns as btf_parse(), or another -errno: -ENOENT
 * if the kernel has no BTF. */
int btf_load(struct btf *ret, const struct sysroot *root,
             struct btf_error *error);

/* Reads the types of a module, which must not outlive base. Returns as
 * btf_load().
 */
int btf_load_module(struct btf *ret, const struct btf *base,
                    const struct sysroot *root, const char *module,
                    struct btf_error *error);

/* Accepts all zero. */
void btf_free(struct btf *btf);

/* Returns the id of the type of this kind (BTF_KIND_STRUCT) and name, or 0. Of
 * a module, only its own types are searched. */
uint32_t btf_find(const struct btf *btf, unsigned kind, const char *name);

/* Returns the first type of this kind with an id above after, or 0. Of a
 * module, only its own types are searched. */
uint32_t btf_next(const struct btf *btf, unsigned kind, uint32_t after);

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
