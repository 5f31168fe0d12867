/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk.h"

#include <stddef.h>

#include "machine.h"

#define SECTOR 512u
#define BLOCK 4096u
#define BLOCK_KIB (BLOCK / 1024u)
#define BLOCK_SECTORS (BLOCK / SECTOR)
#define SECTOR_WORDS (SECTOR / sizeof(uint32_t))
#define BLOCKS_AT_ONCE 16u /* 64 KiB, what one PRD can describe */
#define TABLE_BLOCKS (DISK_MOST_KIB / BLOCK_KIB)
#define SKIPPED_AT_ONCE 4096u          /* entries of the table */
#define SPIN_COUNTS (PIT_HZ / 500)     /* a transfer is looked at without a pause for that long */
#define PATIENCE_COUNTS (30u * PIT_HZ) /* then it has failed */
#define STATUS_TRIES 100000u

enum { PCI_ADDRESS = 0xcf8, PCI_DATA = 0xcfc };
enum { PCI_COMMAND = 0x04, PCI_CLASS = 0x08, PCI_BAR4 = 0x20 };
enum { PCI_IO = 1 << 0, PCI_MASTER = 1 << 2, PCI_CLASS_IDE = 0x0101 };
enum { IDE = 0x1f0, IDE_COUNT = IDE + 2, IDE_LBA = IDE + 3, IDE_DEVICE = IDE + 6 };
enum { IDE_COMMAND = IDE + 7, IDE_STATUS = IDE + 7, IDE_CONTROL = 0x3f6 };
enum { BUSY = 0x80, FAULT = 0x20, DATA = 0x08, ERROR = 0x01, NO_INTERRUPTS = 0x02, LBA = 0xe0 };
enum { IDENTIFY = 0xec, READ_DMA = 0xc8, WRITE_DMA = 0xca };
enum { BM_STATUS = 2, BM_TABLE = 4 };
enum { BM_START = 0x01, BM_TO_MEMORY = 0x08 };
enum { BM_ACTIVE = 0x01, BM_ERROR = 0x02, BM_INTERRUPT = 0x04 };

typedef struct {
    uint32_t address;
    uint16_t bytes; /* 0: 64 KiB */
    uint16_t flags;
} Prd;

typedef enum { NOTHING, WRITE, READ } Transfer;

/* Apart from the other variables, which are touched at every turn (guest.ld). */
#define APART(alignment) __attribute__((section(".bss.disk"), aligned(alignment)))

static APART(PAGE) volatile uint32_t table[TABLE_BLOCKS]; /* 0: never written */
static APART(65536) volatile uint32_t outgoing[BLOCKS_AT_ONCE * BLOCK / 4];
static APART(65536) volatile uint32_t incoming[BLOCKS_AT_ONCE * BLOCK / 4];
static APART(PAGE) Prd prds[2][BLOCKS_AT_ONCE]; /* by the number of blocks, less one */

static DiskState state;
static uint16_t bus_master; /* its ports */
static uint32_t blocks_due, credit_rest, next_block, generation;
static uint32_t check_next;

/* The transfer that is under way. */
static volatile uint32_t transfer, first, count;
static uint32_t waited;

/* For the reason told at tlb_flush(), whatever the disk's contents and the table must agree on is
 * stored twice, with the TLB flushed in between: wherever a migration looks for dirty pages and
 * stops the guest, one of the two is seen, or is made where the guest goes on. */
#define TWICE(i) for (uint32_t i = 0; i < 2; i++, tlb_flush())

/* --- finding it --- */

static uint32_t pci_read(uint32_t function, uint32_t offset)
{
    outl(PCI_ADDRESS, 1u << 31 | function << 8 | offset);
    return inl(PCI_DATA);
}

static void pci_write(uint32_t function, uint32_t offset, uint32_t value)
{
    outl(PCI_ADDRESS, 1u << 31 | function << 8 | offset);
    outl(PCI_DATA, value);
}

/* The ports of the IDE controller's bus master, which is made one; 0 if there is none. The firmware
 * has given it its place. */
static uint16_t find_bus_master(void)
{
    for (uint32_t function = 0; function < 32 * 8; function++) {
        uint32_t place;

        if (pci_read(function, PCI_CLASS) >> 16 != PCI_CLASS_IDE) {
            continue;
        }
        place = pci_read(function, PCI_BAR4);
        if (place & 1 && (place & 0xfff0) != 0) {
            pci_write(function, PCI_COMMAND,
                      (pci_read(function, PCI_COMMAND) & 0xffff) | PCI_IO | PCI_MASTER);
            return place & 0xfff0;
        }
    }
    return 0;
}

/* The size in sectors, of which LBA28 can address 128 GiB; 0 when there is no disk. */
static uint32_t identify(void)
{
    uint32_t sectors = 0;
    uint8_t status;

    outb(IDE_CONTROL, NO_INTERRUPTS);
    outb(IDE_DEVICE, LBA);
    status = inb(IDE_STATUS);
    if (status == 0 || status == 0xff) {
        return 0;
    }
    outb(IDE_COMMAND, IDENTIFY);
    for (uint32_t i = 0; i < STATUS_TRIES && (status = inb(IDE_STATUS)) & BUSY; i++) {
    }
    if ((status & (BUSY | DATA | ERROR)) != DATA) {
        return 0;
    }
    for (int word = 0; word < 256; word++) {
        const uint32_t value = inw(IDE);

        sectors |= word == 60 ? value : word == 61 ? value << 16 : 0;
    }
    return sectors;
}

static void prd_set(Prd *prd, const volatile uint32_t *buffer, uint32_t blocks)
{
    const uint16_t last = 1u << 15;

    *prd = (Prd){(uint32_t)buffer, (blocks * BLOCK) & 0xffff, last};
}

void disk_start(void)
{
    uint32_t sectors;

    bus_master = find_bus_master();
    sectors = bus_master ? identify() : 0;
    state.size = sectors / 2;
    if (state.size < BLOCK_KIB) {
        state.size = 0;
        return;
    }
    for (uint32_t i = 0; i < BLOCKS_AT_ONCE; i++) {
        prd_set(&prds[0][i], outgoing, i + 1);
        prd_set(&prds[1][i], incoming, i + 1);
    }
    for (uint32_t i = 0; i < sizeof(outgoing) / sizeof(*outgoing); i++) {
        outgoing[i] = i % SECTOR_WORDS * 0x01010101u;
    }
}

const DiskState *disk_state(void)
{
    return &state;
}

/* --- transfers --- */

/* The bus master is started before the drive, so that no migration can come between a command and
 * its transfer: QEMU would not tell the destination about it. What it does not tell of the bus
 * master alone ends the transfer at once, with sectors left (transfer_outcome()). */
static void transfer_start(Transfer kind, uint32_t block, uint32_t blocks)
{
    const uint8_t direction = kind == READ ? BM_TO_MEMORY : 0;
    const uint32_t lba = block * BLOCK_SECTORS;

    TWICE(i)
    {
        transfer = kind;
        first = block;
        count = blocks;
    }
    waited = 0;
    outb(IDE_COUNT, (uint8_t)(blocks * BLOCK_SECTORS));
    for (int i = 0; i < 3; i++) {
        outb(IDE_LBA + i, (uint8_t)(lba >> 8 * i));
    }
    outb(IDE_DEVICE, LBA | lba >> 24);
    outl(bus_master + BM_TABLE, (uint32_t)&prds[kind == READ][blocks - 1]);
    outb(bus_master + BM_STATUS, BM_ERROR | BM_INTERRUPT); /* ones clear */
    outb(bus_master, direction | BM_START);
    outb(IDE_COMMAND, kind == READ ? READ_DMA : WRITE_DMA);
}

typedef enum { GOES_ON, DONE, FAILED, CUT_SHORT } Outcome;

static Outcome transfer_outcome(uint32_t counts)
{
    const uint8_t status = inb(bus_master + BM_STATUS);
    uint8_t drive;

    waited += counts;
    if (status & BM_ACTIVE && waited < PATIENCE_COUNTS) {
        return GOES_ON;
    }
    outb(bus_master, 0);
    drive = inb(IDE_STATUS);
    if (status & (BM_ACTIVE | BM_ERROR) || drive & (ERROR | FAULT)) {
        return FAILED;
    }
    return inb(IDE_COUNT) == 0 ? DONE : CUT_SHORT;
}

static void transfer_forget(void)
{
    TWICE(i)
    {
        transfer = NOTHING;
    }
}

/* --- writing --- */

void disk_write(uint32_t rate, uint32_t span)
{
    const uint32_t most = state.size < DISK_MOST_KIB ? state.size : DISK_MOST_KIB;

    if (span > most) {
        span = most;
    }
    if (rate < BLOCK_KIB || span < BLOCK_KIB) {
        rate = span = 0;
    }
    state.rate = rate;
    state.span = span;
    next_block = credit_rest = blocks_due = 0;
}

static void account(uint32_t counts)
{
    uint32_t rest, most;

    if (state.rate == 0) {
        return;
    }
    blocks_due +=
        divide((uint64_t)state.rate * counts + credit_rest, BLOCK_KIB * PIT_HZ, &credit_rest);
    most = divide((uint64_t)state.rate * BACKLOG_COUNTS, BLOCK_KIB * PIT_HZ, &rest) + 1;
    if (blocks_due > most) {
        blocks_due = most; /* faster than this disk can: the rest is lost, not owed */
    }
}

static void write_start(void)
{
    const uint32_t left = state.span / BLOCK_KIB - next_block;
    uint32_t blocks = blocks_due < BLOCKS_AT_ONCE ? blocks_due : BLOCKS_AT_ONCE;
    const uint32_t block = next_block;
    const uint32_t stamp = generation == UINT32_MAX ? 1 : generation + 1;

    blocks = blocks < left ? blocks : left;
    blocks_due -= blocks;
    next_block = blocks < left ? next_block + blocks : 0;
    generation = stamp;
    TWICE(i)
    {
        for (uint32_t sector = 0; sector < blocks * BLOCK_SECTORS; sector++) {
            volatile uint32_t *word = &outgoing[sector * SECTOR_WORDS];
            const uint32_t number = block * BLOCK_SECTORS + sector;

            word[0] = number;
            word[1] = stamp;
            word[SECTOR_WORDS - 2] = ~number;
            word[SECTOR_WORDS - 1] = ~stamp;
        }
    }
    transfer_start(WRITE, block, blocks);
}

static void write_end(Outcome outcome)
{
    /* The buffer has it as it was written, whatever became of the variable. */
    const uint32_t written = outcome == DONE ? outgoing[1] : 0;

    TWICE(i)
    {
        for (uint32_t n = 0; n < count; n++) {
            table[first + n] = written;
        }
    }
    state.written += outcome == DONE ? count : 0;
    transfer_forget();
}

/* --- checking --- */

void disk_check(void)
{
    if (state.size > 0) {
        state.checked = state.bad = check_next = 0;
        state.checking = 1;
    }
}

static bool block_is_good(uint32_t n)
{
    for (uint32_t sector = 0; sector < BLOCK_SECTORS; sector++) {
        const volatile uint32_t *word = &incoming[(n * BLOCK_SECTORS + sector) * SECTOR_WORDS];
        const uint32_t number = (first + n) * BLOCK_SECTORS + sector;
        const uint32_t wanted = table[first + n];

        if (word[0] != number || word[1] != wanted || word[SECTOR_WORDS - 2] != ~number ||
            word[SECTOR_WORDS - 1] != ~wanted) {
            return false;
        }
        for (uint32_t i = 2; i < SECTOR_WORDS - 2; i++) {
            if (word[i] != i * 0x01010101u) {
                return false;
            }
        }
    }
    return true;
}

/* Looks for the next blocks that were written, and reads them. */
static void check_start(void)
{
    uint32_t blocks = 0;

    for (uint32_t i = 0; i < SKIPPED_AT_ONCE && check_next < TABLE_BLOCKS; i++, check_next++) {
        if (table[check_next] != 0) {
            break;
        }
    }
    if (check_next == TABLE_BLOCKS) {
        state.checking = 0;
        state.checks++;
        return;
    }
    while (blocks < BLOCKS_AT_ONCE && check_next + blocks < TABLE_BLOCKS &&
           table[check_next + blocks] != 0) {
        blocks++;
    }
    if (blocks > 0) {
        transfer_start(READ, check_next, blocks);
    }
}

static void check_end(Outcome outcome)
{
    if (state.checking && first == check_next) { /* else a new check was begun meanwhile */
        for (uint32_t n = 0; n < count; n++) {
            state.checked++;
            state.bad += outcome != DONE || !block_is_good(n);
        }
        check_next += count;
    }
    transfer_forget();
}

/* --- the turn --- */

static bool go_on(uint32_t counts)
{
    const Outcome outcome = transfer_outcome(counts);

    if (outcome == GOES_ON) {
        return waited < SPIN_COUNTS;
    }
    if (outcome == CUT_SHORT) {
        transfer_start(transfer, first, count);
        return true;
    }
    state.errors += outcome == FAILED;
    if (transfer == WRITE) {
        write_end(outcome);
    } else {
        check_end(outcome);
    }
    return true;
}

bool disk_work(uint32_t counts)
{
    if (state.size == 0) {
        return false;
    }
    account(counts);
    if (transfer != NOTHING) {
        return go_on(counts);
    }
    if (state.checking) {
        check_start();
        return true;
    }
    if (blocks_due > 0) {
        write_start();
        return true;
    }
    return false;
}
