# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Downloads and assembles a virtual machine with Debian's kernel and real
# network drivers. Needs no privileges. To be sourced; sourcing it changes
# nothing.

vm_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NETLOSS_BUILD=$(realpath -m "${NETLOSS_BUILD:-$vm_directory/../../build}")
PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=tests/packages.sh
. "$vm_directory/../packages.sh"

# Kernels, kept between runs.
vm_cache=$NETLOSS_BUILD/vm

# Runs a command as root of a new network namespace.
vm_isolate=(unshare --net)
[ "$(id -u)" -eq 0 ] || vm_isolate+=(--map-root-user)

# The modules to load; those that they depend on are added.
vm_modules=(
  virtio_pci virtio_net e1000e e1000 vmxnet3 8139cp pcnet32 e100
  dummy veth bonding tun
  sch_tbf sch_netem sch_fq sch_fq_codel sch_prio
  drop_monitor inet_diag tcp_diag udp_diag raw_diag unix_diag
  nf_conntrack sctp crc32c_generic
)

# Ends the script, skipped as a whole.
vm_skip() { # REASON
  printf '1..0 # SKIP %s\n' "$1"
  exit 0
}

# Skips the script unless a machine can be made here. Sets kernel.
vm_need() {
  local program
  [ "$(uname -m)" = x86_64 ] || vm_skip "the machine's programs are not x86_64"
  for program in qemu-system-x86_64 busybox cpio apt-get dpkg-deb ethtool; do
    command -v "$program" >/dev/null || vm_skip "$program is not installed"
  done
  "${vm_isolate[@]}" true 2>/dev/null ||
    vm_skip 'cannot make a network namespace'
  mkdir -p "$vm_cache"
  vm_kernel ||
    vm_skip "cannot download Debian's kernel: see $vm_cache/download.log"
}

# Prints the package of Debian's current kernel: linux-image-6.1.0-56-amd64
kernel_package() {
  apt-cache depends linux-image-amd64 2>/dev/null |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1
}

# Downloads the package into the current directory. If apt's lists are out of
# date, updates them and tries again.
download_kernel() {
  local package
  package=$(kernel_package)
  [ -n "$package" ] && apt-get -q download "$package" && return
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update || return
  package=$(kernel_package)
  [ -n "$package" ] && apt-get -q download "$package"
}

# Unpacks the kernel, and the modules for networks, into DIRECTORY: an eighth of
# the package.
unpack_kernel() { # FILE DIRECTORY
  local modules='./lib/modules/*'
  mkdir -p "$2"
  dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards \
    './boot/vmlinuz-*' "$modules/modules.*" "$modules/kernel/crypto/*" \
    "$modules/kernel/drivers/net/*" "$modules/kernel/drivers/virtio/*" \
    "$modules/kernel/lib/*" "$modules/kernel/net/*" &&
    busybox depmod -b "$2" "$(basename "$2"/lib/modules/*)"
}

# Replaces the cached kernel by Debian's current one.
fetch_kernel() {
  local new=$vm_cache/new
  rm -rf "$new" && mkdir -p "$new" && (cd "$new" && download_kernel) &&
    unpack_kernel "$new"/linux-image-*.deb "$new/tree" &&
    rm -rf "$vm_cache"/linux-image-* &&
    mv "$new/tree" "$vm_cache/$(kernel_package)"
}

# Sets kernel to the directory of the current kernel, or of the cached one if
# the current one cannot be downloaded. Returns 1 if there is neither.
vm_kernel() {
  local package
  package=$(kernel_package)
  if [ -z "$package" ] || [ ! -d "$vm_cache/$package" ]; then
    fetch_kernel >"$vm_cache/download.log" 2>&1 || true
    rm -rf "$vm_cache/new"
  fi
  kernel=$(compgen -G "$vm_cache/linux-image-*" | head -n 1)
  [ -n "$kernel" ]
}

# Prints the modules' files below lib/modules/VERSION, with their dependencies.
module_files() { # LIST-OF-DEPENDENCIES
  awk -v wanted="${vm_modules[*]}" '
    BEGIN {
      count = split(wanted, names, " ")
      for (i = 1; i <= count; i++)
        is_wanted[names[i]] = 1
    }
    {
      name = $1
      gsub(/.*\/|\.ko:$/, "", name)
      sub(/:$/, "", $1)
      if (name in is_wanted)
        for (i = 1; i <= NF; i++)
          print $i
    }' "$1" | sort -u
}

# Copies a program and its libraries into ROOT.
add_program() { # ROOT PROGRAM DIRECTORY
  local library
  mkdir -p "$1/$3"
  cp -L "$2" "$1/$3/"
  for library in $(ldd "$2" 2>/dev/null | grep -o '/[^ ]*'); do
    [ -e "$1$library" ] || cp -L --parents "$library" "$1"
  done
}

add_modules() { # ROOT
  local version modules
  version=$(basename "$kernel"/lib/modules/*)
  modules=lib/modules/$version
  mkdir -p "$1/$modules"
  cp "$kernel/$modules"/modules.* "$1/$modules/"
  (cd "$kernel" && module_files "$modules/modules.dep" |
    sed "s|^|$modules/|" | xargs cp --parents -t "$1")
}

# Makes the file "image" in DIRECTORY, the initramfs with the guest's scripts,
# their programs and the modules.
vm_image() { # DIRECTORY
  local root=$1/root program
  mkdir -p "$root"/{dev,proc,sys,tmp,sbin,busybox}
  add_program "$root" "$(command -v busybox)" bin
  for program in bash ethtool ip tc; do
    add_program "$root" "$(command -v "$program")" usr/bin
  done
  # Optional.
  if program=$(command -v dropwatch); then
    add_program "$root" "$program" usr/bin
  fi
  for program in netloss netload; do
    add_program "$root" "$NETLOSS_BUILD/$program" usr/bin
  done
  ln -s /bin/busybox "$root/sbin/modprobe"
  cp -r "$vm_directory/guest" "$vm_directory"/../record_{nic,irqs}.sh "$root/"
  cp "$vm_directory/guest/init.sh" "$root/init"
  chmod +x "$root/init"
  add_modules "$root"
  (cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$1/image"
  rm -rf "$root"
}

# Boots a machine, runs the guest's scripts of TOPICS and prints their output.
# Returns the status of boot.sh; on failure, prints the end of the console and
# of qemu's messages to standard error.
vm_run() ( # TOPICS
  directory=$(mktemp -d "${TMPDIR:-/tmp}/netloss-vm.XXXXXX")
  trap 'rm -rf "$directory"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  vm_image "$directory"
  status=0
  "$vm_directory/boot.sh" "$kernel" "$directory/image" "$1" "$directory" ||
    status=$?
  [ "$status" -eq 0 ] ||
    tail -n 40 "$directory/console" "$directory/qemu" | sed 's/^/# /' >&2
  exit "$status"
)
