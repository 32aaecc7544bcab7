/* SPDX-License-Identifier: MIT */
#include "btf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "sysroot.h"

/* More than any chain of typedefs or nesting of members. */
#define MAX_DEPTH 16

static int fail(struct btf_error *error, size_t offset, const char *expected) {
  if (error != NULL)
    *error = (struct btf_error){.offset = offset, .expected = expected};
  return -EBADMSG;
}

static unsigned kind_of(const struct btf_type *type) {
  return BTF_INFO_KIND(type->info);
}

static uint32_t length_of(const struct btf_type *type) {
  return BTF_INFO_VLEN(type->info);
}

/* Computes how many bytes follow the common part of a type. Returns false for
 * an unknown kind, behind which the next type cannot be found. */
static bool extra_size(const struct btf_type *type, size_t *ret) {
  size_t count = length_of(type);
  switch (kind_of(type)) {
  case BTF_KIND_PTR:
  case BTF_KIND_FWD:
  case BTF_KIND_TYPEDEF:
  case BTF_KIND_VOLATILE:
  case BTF_KIND_CONST:
  case BTF_KIND_RESTRICT:
  case BTF_KIND_FUNC:
  case BTF_KIND_FLOAT:
  case BTF_KIND_TYPE_TAG:
    *ret = 0;
    return true;
  case BTF_KIND_INT:
  case BTF_KIND_VAR:
  case BTF_KIND_DECL_TAG:
    *ret = sizeof(uint32_t);
    return true;
  case BTF_KIND_ARRAY:
    *ret = sizeof(struct btf_array);
    return true;
  case BTF_KIND_STRUCT:
  case BTF_KIND_UNION:
    *ret = count * sizeof(struct btf_member);
    return true;
  case BTF_KIND_ENUM:
    *ret = count * sizeof(struct btf_enum);
    return true;
  case BTF_KIND_ENUM64:
    *ret = count * sizeof(struct btf_enum64);
    return true;
  case BTF_KIND_FUNC_PROTO:
    *ret = count * sizeof(struct btf_param);
    return true;
  case BTF_KIND_DATASEC:
    *ret = count * sizeof(struct btf_var_secinfo);
    return true;
  default:
    return false;
  }
}

static int add_type(struct btf *btf, size_t *room,
                    const struct btf_type *type) {
  const struct btf_type **types = array_room(
      (void *)btf->types, room, btf->count - btf->first, sizeof(*types));
  if (types == NULL)
    return -ENOMEM;
  btf->types = types;
  btf->types[btf->count++ - btf->first] = type;
  return 0;
}

static uint32_t end_of_strings(const struct btf *btf) {
  return btf->strings_first + btf->strings_size;
}

static int list_types(struct btf *btf, size_t at, size_t end,
                      struct btf_error *error) {
  const char *data = btf->data;
  size_t room = 0;
  int r = btf->base == NULL ? add_type(btf, &room, NULL) : 0;
  while (r == 0 && at < end) {
    size_t extra;
    const struct btf_type *type = (const struct btf_type *)(data + at);
    if (end - at < sizeof(*type))
      return fail(error, at, "a whole type");
    if (!extra_size(type, &extra))
      return fail(error, at, "a known kind of type");
    if (end - at - sizeof(*type) < extra)
      return fail(error, at, "a type that ends within its section");
    if (type->name_off >= end_of_strings(btf))
      return fail(error, at, "a name within its section");
    r = add_type(btf, &room, type);
    at += sizeof(*type) + extra;
  }
  return r;
}

static bool is_section(uint32_t offset, uint32_t length, size_t size) {
  return offset <= size && length <= size - offset;
}

/* A module may need no names but the kernel's. */
static bool ends_with_nul(const struct btf_header *header, const char *strings,
                          const struct btf *base) {
  return header->str_len > 0 ? strings[header->str_len - 1] == '\0'
                             : base != NULL;
}

int btf_parse_module(struct btf *ret, const struct btf *base, void *data,
                     size_t size, struct btf_error *error) {
  const struct btf_header *header = data;
  if (size < sizeof(*header) || header->magic != BTF_MAGIC)
    return fail(error, 0, "a header of BTF");
  if (header->version != BTF_VERSION || header->hdr_len < sizeof(*header) ||
      header->hdr_len > size || header->hdr_len % sizeof(uint32_t) != 0)
    return fail(error, 0, "version 1 of BTF");
  size_t rest = size - header->hdr_len;
  if (!is_section(header->type_off, header->type_len, rest) ||
      header->type_off % sizeof(uint32_t) != 0)
    return fail(error, 0, "types within the file");
  if (!is_section(header->str_off, header->str_len, rest))
    return fail(error, 0, "names within the file");
  const char *strings = (const char *)data + header->hdr_len + header->str_off;
  if (!ends_with_nul(header, strings, base))
    return fail(error, header->hdr_len + header->str_off,
                "names that end with a NUL");
  struct btf btf = {.data = data,
                    .base = base,
                    .strings = strings,
                    .strings_size = header->str_len};
  if (base != NULL) {
    btf.first = btf.count = base->count;
    btf.strings_first = end_of_strings(base);
  }
  if (btf.strings_size > UINT32_MAX - btf.strings_first)
    return fail(error, 0, "names within 4 GiB");
  size_t first = header->hdr_len + header->type_off;
  int r = list_types(&btf, first, first + header->type_len, error);
  if (r < 0) {
    free((void *)btf.types);
    return r;
  }
  *ret = btf;
  return 0;
}

int btf_parse(struct btf *ret, void *data, size_t size,
              struct btf_error *error) {
  return btf_parse_module(ret, NULL, data, size, error);
}

int btf_load_module(struct btf *ret, const struct btf *base,
                    const struct sysroot *root, const char *module,
                    struct btf_error *error) {
  char path[sizeof("sys/kernel/btf/") + NAME_MAX];
  snprintf(path, sizeof(path), "sys/kernel/btf/%s", module);
  struct sysroot_file file = SYSROOT_FILE(path);
  int r = sysroot_file_read(root, &file);
  if (r == 0)
    r = btf_parse_module(ret, base, file.data, file.length, error);
  if (r == 0)
    file.data = NULL;
  sysroot_file_free(&file);
  return r;
}

int btf_load(struct btf *ret, const struct sysroot *root,
             struct btf_error *error) {
  return btf_load_module(ret, NULL, root, "vmlinux", error);
}

void btf_free(struct btf *btf) {
  free((void *)btf->types);
  free(btf->data);
  *btf = (struct btf){0};
}

static const struct btf_type *type_of(const struct btf *btf, uint32_t id) {
  if (id < btf->first)
    return type_of(btf->base, id);
  return id < btf->count ? btf->types[id - btf->first] : NULL;
}

static const char *string_at(const struct btf *btf, uint32_t offset) {
  if (offset < btf->strings_first)
    return string_at(btf->base, offset);
  offset -= btf->strings_first;
  return offset < btf->strings_size ? btf->strings + offset : "";
}

unsigned btf_kind(const struct btf *btf, uint32_t id) {
  const struct btf_type *type = type_of(btf, id);
  return type != NULL ? kind_of(type) : BTF_KIND_UNKN;
}

const char *btf_name(const struct btf *btf, uint32_t id) {
  const struct btf_type *type = type_of(btf, id);
  return type != NULL ? string_at(btf, type->name_off) : "";
}

uint32_t btf_next(const struct btf *btf, unsigned kind, uint32_t after) {
  uint32_t first = btf->first > 0 ? btf->first : 1;
  for (uint32_t id = after < first ? first : after + 1;
       id > after && id < btf->count; id++)
    if (kind_of(type_of(btf, id)) == kind)
      return id;
  return 0;
}

uint32_t btf_find(const struct btf *btf, unsigned kind, const char *name) {
  uint32_t id = btf_next(btf, kind, 0);
  while (id != 0 && strcmp(btf_name(btf, id), name) != 0)
    id = btf_next(btf, kind, id);
  return id;
}

static bool is_alias(unsigned kind) {
  return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST ||
         kind == BTF_KIND_VOLATILE || kind == BTF_KIND_RESTRICT ||
         kind == BTF_KIND_TYPE_TAG;
}

uint32_t btf_target(const struct btf *btf, uint32_t id) {
  unsigned kind = btf_kind(btf, id);
  return is_alias(kind) || kind == BTF_KIND_PTR ? type_of(btf, id)->type : 0;
}

uint32_t btf_plain(const struct btf *btf, uint32_t id) {
  for (int i = 0; i < MAX_DEPTH && is_alias(btf_kind(btf, id)); i++)
    id = btf_target(btf, id);
  return id;
}

/* Finds the offset in bits. */
static int find_member(const struct btf *btf, uint32_t id, const char *name,
                       int depth, uint32_t *ret) {
  const struct btf_type *type = type_of(btf, id);
  unsigned kind = btf_kind(btf, id);
  if ((kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION) || depth == 0)
    return -ENOENT;
  const struct btf_member *members = (const struct btf_member *)(type + 1);
  bool has_fields = BTF_INFO_KFLAG(type->info);
  for (uint32_t i = 0; i < length_of(type); i++) {
    uint32_t offset = members[i].offset, inner;
    const char *own = string_at(btf, members[i].name_off);
    if (has_fields && BTF_MEMBER_BITFIELD_SIZE(offset) != 0)
      continue;
    if (has_fields)
      offset = BTF_MEMBER_BIT_OFFSET(offset);
    if (strcmp(own, name) == 0) {
      *ret = offset;
      return 0;
    }
    if (*own == '\0' && find_member(btf, btf_plain(btf, members[i].type), name,
                                    depth - 1, &inner) == 0) {
      *ret = offset + inner;
      return 0;
    }
  }
  return -ENOENT;
}

int btf_member_offset(const struct btf *btf, uint32_t id, const char *name,
                      uint32_t *ret) {
  uint32_t bits;
  int r = find_member(btf, id, name, MAX_DEPTH, &bits);
  if (r == 0 && bits % 8 != 0)
    r = -ENOENT;
  if (r == 0)
    *ret = bits / 8;
  return r;
}

bool btf_argument(const struct btf *btf, uint32_t id, uint32_t index,
                  uint32_t *ret) {
  const struct btf_type *type = type_of(btf, id);
  if (btf_kind(btf, id) != BTF_KIND_FUNC_PROTO || index >= length_of(type))
    return false;
  *ret = ((const struct btf_param *)(type + 1))[index].type;
  return true;
}

bool btf_enumerator(const struct btf *btf, uint32_t id, uint32_t index,
                    const char **ret_name, uint32_t *ret_value) {
  const struct btf_type *type = type_of(btf, id);
  if (btf_kind(btf, id) != BTF_KIND_ENUM || index >= length_of(type))
    return false;
  const struct btf_enum *all = (const struct btf_enum *)(type + 1);
  *ret_name = string_at(btf, all[index].name_off);
  *ret_value = (uint32_t)all[index].val;
  return true;
}
