/* SPDX-License-Identifier: MIT */
#include "settings_sockets.h"

#include <string.h>

#include "text.h"

#define SOCK "sock_backlog"

static double of_port(const struct settings_facts *facts, const char *key,
                      const char *name) {
  return settings_facts_value(facts, SOCK, key, name);
}

/* The limit of one socket of a port; all of them are added up. */
static double limit_of(const struct settings_facts *facts, const char *key,
                       const char *name) {
  double sockets = of_port(facts, "sockets", name);
  return of_port(facts, key, name) / (sockets > 1 ? sockets : 1);
}

/* A listener that refused connections: its backlog is capped by somaxconn, or
 * its own. */
static void check_listener(const struct settings_facts *facts,
                           const struct settings_fact *dropped,
                           struct settings_finding *finding) {
  double limit = limit_of(facts, "accept_limit", dropped->name);
  double most = of_port(facts, "somaxconn", "");
  TEXT_FILL(finding->evidence, "%.0f connection attempts were refused",
            dropped->value);
  TEXT_FILL(finding->value, "%.0f", limit);
  if (most > 0 && limit >= most) {
    TEXT_FILL(finding->setting, "net.core.somaxconn");
    TEXT_FILL(finding->command,
              "sysctl -w net.core.somaxconn=%.0f, and restart it", 4 * most);
    return;
  }
  TEXT_FILL(finding->setting, "listen() backlog");
  TEXT_FILL(finding->command, "raise it in the application, up to %.0f", most);
}

/* A socket that lost datagrams: SO_RCVBUF is capped by rmem_max, set by the
 * application, or left at the default. The kernel doubles what is asked for. */
static void check_receiver(const struct settings_facts *facts,
                           const struct settings_fact *dropped,
                           struct settings_finding *finding) {
  double limit = limit_of(facts, "receive_limit", dropped->name);
  double most = of_port(facts, "rmem_max", "");
  double usual = of_port(facts, "rmem_default", "");
  TEXT_FILL(finding->evidence, "%.0f datagrams were lost at it",
            dropped->value);
  TEXT_FILL(finding->value, "%.0f bytes", limit);
  if (most > 0 && limit >= 2 * most) {
    TEXT_FILL(finding->setting, "net.core.rmem_max");
    TEXT_FILL(finding->command,
              "sysctl -w net.core.rmem_max=%.0f, and restart it", 4 * most);
  } else if (limit == usual) {
    TEXT_FILL(finding->setting, "net.core.rmem_default");
    TEXT_FILL(finding->command, "set SO_RCVBUF in the application, up to %.0f",
              most);
  } else {
    TEXT_FILL(finding->setting, "SO_RCVBUF");
    TEXT_FILL(finding->command, "raise it in the application, up to %.0f",
              most);
  }
}

/* A destination that uses up the ephemeral ports. */
static void check_ports(const struct settings_facts *facts,
                        const struct settings_fact *used,
                        struct settings_finding *finding) {
  (void)facts;
  TEXT_FILL(finding->setting, "net.ipv4.ip_local_port_range");
  TEXT_FILL(finding->value, "%.0f %% used", used->value);
  TEXT_FILL(finding->evidence, "connections to one destination use them up");
  TEXT_FILL(finding->command,
            "sysctl -w net.ipv4.ip_local_port_range=\"15000 60999\"");
}

/* What a meter above a value asks for. */
struct check {
  const char *key;
  double above;
  void (*check)(const struct settings_facts *facts,
                const struct settings_fact *fact,
                struct settings_finding *finding);
};

static const struct check checks[] = {
    {"accept_dropped", 0, check_listener},
    {"receive_dropped", 0, check_receiver},
    {"ephemeral_ports", 80, check_ports},
};

void settings_sockets_apply(const struct settings_facts *facts,
                            settings_take_finding *take, void *data) {
  for (size_t i = 0; i < facts->count; i++) {
    const struct settings_fact *fact = &facts->all[i];
    if (strcmp(fact->layer, SOCK) != 0)
      continue;
    for (size_t j = 0; j < sizeof(checks) / sizeof(checks[0]); j++) {
      struct settings_finding finding = {.object = ""};
      if (strcmp(fact->key, checks[j].key) != 0 ||
          !(fact->value > checks[j].above))
        continue;
      TEXT_FILL(finding.object, "%s", fact->name);
      checks[j].check(facts, fact, &finding);
      take(data, &finding);
    }
  }
}
