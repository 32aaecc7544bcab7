/* SPDX-License-Identifier: MIT */
#include "namespaces_log.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "capabilities.h"
#include "descriptors.h"
#include "text.h"

void namespaces_log_no_entry(const struct layer_context *context, int error) {
  uint64_t capabilities = 0;
  capabilities_read(context->root, &capabilities);
  if (error != -EPERM)
    layer_log(context, LAYER_ERROR,
              "network namespaces cannot be entered: %s: collectd looks at its "
              "own alone",
              strerror(-error));
  else if ((capabilities & CAPABILITY(CAP_SYS_ADMIN)) == 0)
    layer_log(context, LAYER_ERROR,
              "Namespace and Containers need CAP_SYS_ADMIN, which collectd "
              "does not have: it looks at its own network namespace alone");
  else
    layer_log(context, LAYER_ERROR,
              "Namespace and Containers need setns(), which is forbidden "
              "although collectd has CAP_SYS_ADMIN, as by RestrictNamespaces= "
              "or PrivateUsers= of its unit: it looks at its own network "
              "namespace alone");
}

void namespaces_log_failure(const struct layer_context *context,
                            const struct net_namespace *netns, int error) {
  layer_log(context, LAYER_ERROR,
            "network namespace %s cannot be looked at: %s%s", netns->name,
            strerror(-error),
            error == -EPERM ? "; nor perhaps others, which are not named" : "");
}

void namespaces_log_max(const struct layer_context *context, unsigned max) {
  layer_log(context, LAYER_WARNING,
            "there are more network namespaces than MaxNamespaces %u: the "
            "others are not looked at",
            max);
}

bool namespaces_log_left_out(const struct layer_context *context,
                             struct net_namespace *const *all, size_t count) {
  char buffer[600];
  struct text names = TEXT_IN(buffer);
  for (size_t i = 0; i < count; i++)
    if (all[i]->space == NULL && all[i]->is_left_out)
      text_add(&names, "%s%s", names.length > 0 ? ", " : "", all[i]->name);
  if (names.length == 0)
    return false;
  layer_log(context, LAYER_WARNING,
            "a quarter of the %zu files that collectd may open does not "
            "suffice for network namespaces %s: raise LimitNOFILE of its unit",
            descriptors_limit(), buffer);
  return true;
}
