#!/usr/bin/env bash
# bash scripts/emulated-avx512.sh [FILTER …] — the kernels' tests on AVX-512 and on products of bf16, on a processor that has neither.
#
# Boots a Linux kernel in the Bochs emulator with the test binary as all that there is to run, and prints what it said. Says nothing about speed. Set
#   BOCHS=…    folder of a Bochs 3 source tree, built with --enable-x86-64 --enable-avx --enable-evex --with-nogui; its model corei7_skylake_x has to
#              report leaf 7.1 (in cpu/cpudb/intel/corei7_skylake-x.cc: leaf 7.0 eax = 1, leaf 7.1 eax = 1 << 5), else bf16 stays unseen
#   KERNEL=…   a kernel image with a serial console, for example of Debian's linux-image-cloud-amd64
#   LIMIT=…    seconds, default 3600
# and install busybox-static, cpio, grub-pc-bin, xorriso, mtools and vgabios. FILTERs are those of the test binary (bf16::, --skip thousand).
set -euo pipefail
cd "$(dirname "$0")/.."
: "${BOCHS:?}" "${KERNEL:?}"
home="$(mktemp -d)"
trap 'rm -rf "$home"' EXIT

binary="$(cargo test --release --package lstm-kernels --test all --no-run --message-format=json | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)"
root="$home/root"
mkdir -p "$root"/{bin,dev,proc} "$home/iso/boot/grub"
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$binary" "$root/tests"
for library in $(ldd "$binary" | grep -o '/[^ ]*'); do
	mkdir -p "$root$(dirname "$library")"
	cp -L "$library" "$root$library"
done
cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
exec </dev/ttyS0 >/dev/ttyS0 2>&1
export SUBLOC_REQUIRE_ISA=avx512,bf16
/tests $(/bin/busybox cat /arguments) --test-threads=1
/bin/busybox poweroff -f
INIT
chmod +x "$root/init"
echo "$@" >"$root/arguments"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$home/iso/boot/initrd.gz"
cp "$KERNEL" "$home/iso/boot/vmlinuz"
cat >"$home/iso/boot/grub/grub.cfg" <<'GRUB'
set timeout=0
menuentry tests {
	linux /boot/vmlinuz console=ttyS0 quiet panic=-1 lsm=none nokaslr mitigations=off hpet=disable lapic=notscdeadline lpj=100000
	initrd /boot/initrd.gz
	boot
}
GRUB
grub-mkrescue -o "$home/tests.iso" "$home/iso" 2>/dev/null
cat >"$home/bochsrc" <<BOCHS
cpu: model=corei7_skylake_x, count=1, ips=50000000, add_features="avx512bf16"
megs: 1024
romimage: file=$BOCHS/bios/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
boot: cdrom
ata0-master: type=cdrom, path=$home/tests.iso, status=inserted
com1: enabled=1, mode=file, dev=$home/serial.txt
log: $home/bochs.log
panic: action=fatal
display_library: nogui
clock: sync=none
BOCHS
timeout "${LIMIT:-3600}" "$BOCHS/bochs" -q -f "$home/bochsrc" >"$home/bochs.txt" 2>&1 </dev/null || true # it ends with an error when the machine is switched off
cat "$home/serial.txt"
grep -q 'test result: ok. [1-9]' "$home/serial.txt"
