/* SPDX-License-Identifier: MIT */
/* Shows where packets are lost, again and again. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "arguments.h"
#include "clock.h"
#include "command.h"
#include "interval.h"
#include "live_view.h"
#include "screen_curses.h"
#include "screen_terminal.h"

#define DEFAULT_INTERVAL 1

/* Of a terminal that cannot place its cursor, and of a pipe. */
#define PLAIN_WIDTH 80
#define PLAIN_HEIGHT 24

struct live {
  struct scene scene;
  struct history history;
  struct view view;
  struct live_view screen;
  double interval, next; /* seconds; when the next read is due */
  unsigned reads;        /* done */
};

static volatile sig_atomic_t is_over;

static void end(int signal) {
  (void)signal;
  is_over = true;
}

static void catch_signals(void) {
  const struct sigaction action = {.sa_handler = end};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
}

static int read_once(struct live *live) {
  size_t count;
  char when[16] = "";
  struct tm parts;
  time_t now = time(NULL);
  size_t read = sample_read(live->scene.sample);
  if (read == 0)
    return -ENODATA;
  live->reads++;
  live->history.now = clock_monotonic_seconds();
  int r = scene_update_by(&live->scene, history_explain, &live->history);
  if (r < 0)
    return r;
  if (localtime_r(&now, &parts) != NULL)
    strftime(when, sizeof(when), "%H:%M:%S", &parts);
  history_add(&live->history, &live->scene.ladder, live->history.now);
  const struct sample_alert *alerts = sample_alerts(live->scene.sample, &count);
  history_add_alerts(&live->history, alerts, count, when);
  return 0;
}

static size_t count_entries(const struct live *live) {
  return HASH_COUNT(live->history.entries);
}

/* Moves the selection, or scrolls the values. */
static void move(struct live *live, int by) {
  struct live_view *screen = &live->screen;
  if (screen->mode == LIVE_VALUES) {
    size_t page = screen->height > 3 ? screen->height - 3 : 1;
    if (by > 0)
      screen->scroll += page;
    else
      screen->scroll -= page < screen->scroll ? page : screen->scroll;
    return;
  }
  int last = (int)count_entries(live) - 1;
  screen->selected += by;
  if (screen->selected > last)
    screen->selected = last;
  if (screen->selected < 0)
    screen->selected = last >= 0 ? 0 : -1;
}

static void enter(struct live *live) {
  struct live_view *screen = &live->screen;
  if (screen->mode != LIVE_LADDER) {
    screen->mode = LIVE_LADDER;
    return;
  }
  if (count_entries(live) == 0)
    return;
  if (screen->selected < 0)
    screen->selected = 0;
  screen->mode = LIVE_DETAILS;
}

static void obey(struct live *live, enum screen_key key) {
  struct live_view *screen = &live->screen;
  switch (key) {
  case SCREEN_QUIT:
    is_over = true;
    break;
  case SCREEN_ALL:
    screen->mode = screen->mode == LIVE_VALUES ? LIVE_LADDER : LIVE_VALUES;
    screen->scroll = 0;
    break;
  case SCREEN_PAUSE:
    screen->is_paused = !screen->is_paused;
    break;
  case SCREEN_RESET:
    history_reset(&live->history);
    screen->selected = -1;
    break;
  case SCREEN_UP:
  case SCREEN_DOWN:
    move(live, key == SCREEN_UP ? -1 : 1);
    break;
  case SCREEN_ENTER:
    enter(live);
    break;
  case SCREEN_ESCAPE:
    screen->mode = LIVE_LADDER;
    break;
  default:
    break;
  }
}

static void draw(struct live *live) {
  unsigned width;
  screen_curses_size(&width, &live->screen.height);
  live->view.width = width;
  live_view_make(&live->view, &live->screen, &live->scene, &live->history);
  screen_curses_draw(&live->view, live->screen.selected);
}

/* Waits for the next read, drawing after each key. */
static void wait_on_screen(struct live *live) {
  draw(live);
  double left;
  while (!is_over && (left = live->next - clock_monotonic_seconds()) > 0) {
    enum screen_key key = screen_curses_key(left);
    if (key == SCREEN_NONE)
      continue;
    obey(live, key);
    draw(live);
  }
}

static void wait_plainly(struct live *live) {
  live->view.width = PLAIN_WIDTH;
  live->screen.height = PLAIN_HEIGHT;
  live_view_make(&live->view, &live->screen, &live->scene, &live->history);
  if (live->reads > 1) /* a rate needs two */
    view_print(&live->view, false);
  if (live->reads > 1)
    printf("\n");
  if (fflush(stdout) != 0)
    is_over = true;
  while (!is_over && interval_sleep_until(live->next) == -EINTR)
    continue;
}

static int repeat(struct live *live, unsigned reads, bool has_screen) {
  int r = 0;
  live->next = clock_monotonic_seconds();
  while (!is_over && r == 0) {
    if (!live->screen.is_paused)
      r = read_once(live);
    live->next += live->interval;
    if (r < 0 || (reads > 0 && live->reads > reads))
      break;
    if (has_screen)
      wait_on_screen(live);
    else
      wait_plainly(live);
    if (reads > 0 && live->reads == reads)
      break;
  }
  return r;
}

static int show(struct live *live, unsigned reads) {
  bool has_screen = screen_terminal_is_full();
  live->screen.has_keys = has_screen;
  catch_signals();
  if (has_screen && screen_curses_open() < 0)
    has_screen = live->screen.has_keys = false;
  int r = repeat(live, reads, has_screen);
  if (has_screen)
    screen_curses_close();
  if (r == 0)
    return COMMAND_OKAY;
  fprintf(stderr, "netloss: %s\n", strerror(-r));
  return COMMAND_FAILED;
}

static int run(const struct arguments *arguments) {
  struct live live = {.screen.selected = -1};
  int status = scene_open(&live.scene, arguments);
  if (status != 0)
    return status;
  live.interval =
      isnan(arguments->interval) ? DEFAULT_INTERVAL : arguments->interval;
  live.history.sample = live.scene.sample;
  sample_set_interval(live.scene.sample, live.interval);
  status = show(&live, arguments->reads);
  history_free(&live.history);
  view_free(&live.view);
  scene_close(&live.scene);
  return status;
}

const struct command live_command = {
    .name = "live",
    .other_name = "top",
    .options = "cFiN",
    .summary = "shows it again and again, on the whole screen",
    .help = "Keys: q quits, p pauses, arrows select a row and Enter shows its "
            "details,\n"
            "a shows all values, r resets the totals. Without a terminal that "
            "can place\n"
            "its cursor, it prints one screen after the other.\n",
    .run = run,
};
