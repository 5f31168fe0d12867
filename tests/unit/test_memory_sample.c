/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What QEMU tells of a guest's memory. */
#include "commands/migration/prediction/memory_sample.h"
#include "tests/unit/transcript.h"

static const guint64 MIB = 1 << 20;

static void check_ranges(const char *text, guint count, guint64 sum)
{
    g_autoptr(GArray) ranges = memory_ranges_parse(text);
    guint64 bytes = 0;

    for (guint i = 0; i < ranges->len; i++) {
        bytes += g_array_index(ranges, MemoryRange, i).size;
    }
    g_assert_cmpuint(ranges->len, ==, count);
    g_assert_cmpuint(bytes, ==, sum);
}

/* As QEMU 10.0 tells it of a guest run by KVM with more memory than there is below the PCI hole. */
static const char LARGE[] =
    "FlatView #0\r\n AS \"VGA\", root: bus master container\r\n Root memory region: (none)\r\n"
    "  0000000000000000-00000000000fffff (prio 0, ram): not.ours KVM\r\n\r\n"
    "FlatView #1\r\n AS \"memory\", root: system\r\n AS \"cpu-memory-0\", root: system\r\n"
    " Root memory region: system\r\n"
    "  0000000000000000-000000000009ffff (prio 0, ram): pc.ram KVM\r\n"
    "  00000000000a0000-00000000000affff (prio 2, ram): vga.vram KVM\r\n"
    "  00000000000c0000-00000000000c3fff (prio 0, rom): pc.ram @00000000000c0000 KVM\r\n"
    "  0000000000100000-00000000bfffffff (prio 0, ram): pc.ram @0000000000100000 KVM\r\n"
    "  00000000fd000000-00000000fdffffff (prio 1, ramd): 0000:01:00.0 BAR 0 mmaps[0] KVM\r\n"
    "  00000000febd0000-00000000febd0fff (prio 1, i/o): vga.mmio\r\n"
    "  0000000100000000-000000013fffffff (prio 0, ram): pc.ram @00000000c0000000 KVM\r\n\r\n"
    "FlatView #2\r\n AS \"I/O\", root: io\r\n Root memory region: io\r\n"
    "  0000000000000000-0000000000000007 (prio 0, i/o): dma-chan\r\n";

static void test_ranges(void)
{
    g_autofree char *recorded = transcript_text("7.2", "idle.info_mtree_-f.txt");

    check_ranges(recorded, 6, 256 * MIB + 0x40000);
    check_ranges(LARGE, 5, 0xa0000 + 0x10000 + 0x4000 + 0xbff00000 + 0x40000000ull);
    check_ranges("", 0, 0);
    check_ranges("FlatView #0\n AS \"memory\", root: system\n"
                 "  00000000fffc0000-00000000ffffffff (prio 0, romd): system.flash0\n"
                 "  zz-00 (prio 0, ram): pc.ram\n  0000000000100000 (prio 0, ram): pc.ram\n"
                 "  0000000000200000-0000000000100000 (prio 0, ram): pc.ram\n",
                 0, 0);
    /* what is no whole page is left to whom it belongs to */
    check_ranges("FlatView #0\n AS \"memory\", root: system\n"
                 "  0000000000100800-00000000001037ff (prio 0, ram): pc.ram\n"
                 "  0000000000200800-00000000002017ff (prio 0, ram): pc.ram\n"
                 "  fffffffffffff000-ffffffffffffffff (prio 0, ram): pc.ram\n"
                 "  fffffffffffff800-ffffffffffffffff (prio 0, ram): pc.ram\n",
                 2, 3 * 4096);
}

static void check_zero(const char *text, gboolean zero, gboolean readable)
{
    gboolean read;

    g_assert_cmpint(memory_is_zero(text, &read), ==, zero);
    g_assert_cmpint(read, ==, readable);
}

static void test_pages(void)
{
    check_zero("0000000001000000: 0x0000000000000000 0x0000000000000000\n"
               "0000000001000010: 0x0000000000000000 0x0000000000000000\n",
               TRUE, TRUE);
    check_zero("0000000001000000: 0x0000000000000000 0x0000000000000001\r\n", FALSE, TRUE);
    check_zero("0000000001000000: 0x0408060100042021 0x1255994f9dcca8c5\n", FALSE, TRUE);
    check_zero("0000000f00000000: Cannot access memory\n", FALSE, FALSE);
    check_zero("", FALSE, FALSE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory-sample/ranges", test_ranges);
    g_test_add_func("/memory-sample/pages", test_pages);
    return g_test_run();
}
