#!/usr/bin/env python3
"""Writes the machines of this folder as XML of hwloc 2: make.py FOLDER.

GPUs, network cards, switches and their places follow the makers' descriptions of the machines. Processors are fewer than the
machines have, since each takes a line.
"""

import itertools
import sys


class Machine:
    def __init__(self, packages, cores, threads=2, memory=1 << 40, distance=21):
        self.identifiers = itertools.count(1)
        self.packages, self.cores, self.threads, self.memory = packages, cores, threads, memory
        self.distance = distance
        self.devices = {package: [] for package in range(packages)}
        self.matrices = []

    def new(self):
        return next(self.identifiers)

    def element(self, attributes, children=()):
        head = "<object " + " ".join(f'{key}="{value}"' for key, value in attributes.items())
        return [head + "/>"] if not children else [head + ">", *children, "</object>"]

    def pci(self, address, type_, children=(), subtype=None):
        number = self.new()
        attributes = {"type": "PCIDev", "gp_index": number}
        if subtype:
            attributes["subtype"] = subtype
        attributes |= {"pci_busid": address, "pci_type": type_ + " [0000:0000] a1", "pci_link_speed": "0.000000"}
        return self.element(attributes, children), number

    def bridge(self, address, first, last, children, type_="0604 [10b5:9797]"):
        attributes = {"type": "Bridge", "gp_index": self.new(), "bridge_type": "1-1" if address else "0-1", "depth": 0,
                      "bridge_pci": f"{(address or '0000')[:4]}:[{first:02x}-{last:02x}]"}
        if address:
            attributes |= {"pci_busid": address, "pci_type": type_ + " [0000:0000] b0", "pci_link_speed": "0.000000"}
        return self.element(attributes, children)

    def osdev(self, name, kind, infos=()):
        number = self.new()
        children = [f'<info name="{key}" value="{value}"/>' for key, value in infos]
        return self.element({"type": "OSDev", "gp_index": number, "name": name, "osdev_type": kind}, children), number

    def nvidia(self, bus, index, device, model):
        uuid = f"GPU-{index:08x}-0000-4000-8000-0000000000{bus:02x}"
        dev, number = self.osdev(f"nvml{index}", 1, [
            ("Backend", "NVML"), ("GPUVendor", "NVIDIA Corporation"), ("GPUModel", model), ("NVIDIAUUID", uuid)])
        return self.pci(f"0000:{bus:02x}:00.0", f"0302 [10de:{device}]", dev)[0], number

    def amd(self, bus, index):
        dev, number = self.osdev(f"rsmi{index}", 1, [
            ("Backend", "RSMI"), ("GPUVendor", "AMD"), ("GPUModel", "AMD Instinct MI300X"),
            ("AMDUUID", f"0x{0x1000 + index:016x}"), ("RSMIVRAMSize", 192 << 20)])
        return self.pci(f"0000:{bus:02x}:00.0", "1200 [1002:74a1]", dev)[0], number

    def infiniband(self, bus, name, interface=None, type_="0207 [15b3:1021]"):
        children = self.osdev(name, 3)[0] + (self.osdev(interface, 2)[0] if interface else [])
        return self.pci(f"0000:{bus:02x}:00.0", type_, children)[0]

    def ethernet(self, bus, name):
        return self.pci(f"0000:{bus:02x}:00.0", "0200 [8086:1563]", self.osdev(name, 2)[0])[0]

    def switch(self, bus, ports):
        """A switch whose way up is on `bus`, with a way down for each of `ports`, which are (first, last, elements)."""
        last = max(port[1] for port in ports)
        down = []
        for slot, (first, end, elements) in enumerate(ports):
            down += self.bridge(f"0000:{bus + 1:02x}:{slot:02x}.0", first, end, elements)
        return self.bridge(f"0000:{bus:02x}:00.0", bus + 1, last, down), last

    def root(self, package, bus, elements, last):
        """A port of the processor, and what hangs on it from `bus` on."""
        port = self.bridge(f"0000:{bus - 1:02x}:00.0", bus, last, elements, "0604 [8086:2030]")
        self.devices[package] += self.bridge(None, bus - 1, last, port)

    def matrix(self, name, ends, values, kind):
        types = {type_ for type_, _ in ends}
        if len(types) > 1:
            indexes = "".join(f"{type_}:{number} " for type_, number in ends)
            head = f'<distances2hetero nbobjs="{len(ends)}" kind="{kind + 16}" name="{name}">'
        else:
            indexes = "".join(f"{number} " for _, number in ends)
            indexing = "os" if types == {"NUMANode"} else "gp"
            head = f'<distances2 type="{types.pop()}" nbobjs="{len(ends)}" kind="{kind}" name="{name}" indexing="{indexing}">'
        lines = [head, f'<indexes length="{len(indexes)}">{indexes}</indexes>']
        for row in values:
            text = "".join(f"{value} " for value in row)
            lines.append(f'<u64values length="{len(text)}">{text}</u64values>')
        self.matrices += lines + ["</distances2hetero>" if "hetero" in head else "</distances2>"]

    def sets(self, cpus, nodes):
        cpuset, nodeset = (f"0x{sum(1 << i for i in items):08x}" for items in (cpus, nodes))
        return {"cpuset": cpuset, "complete_cpuset": cpuset, "nodeset": nodeset, "complete_nodeset": nodeset}

    def text(self):
        total = self.packages * self.cores
        packages = []
        for package in range(self.packages):
            own = range(package * self.cores, (package + 1) * self.cores)
            cpus = [core + thread * total for thread in range(self.threads) for core in own]
            children = self.element({"type": "NUMANode", "os_index": package, **self.sets(cpus, [package]),
                                     "gp_index": self.new(), "local_memory": self.memory})
            for core in own:
                threads = [core + thread * total for thread in range(self.threads)]
                units = []
                for cpu in threads:
                    units += self.element({"type": "PU", "os_index": cpu, **self.sets([cpu], [package]), "gp_index": self.new()})
                children += self.element({"type": "Core", "os_index": core - own[0], **self.sets(threads, [package]),
                                          "gp_index": self.new()}, units)
            packages += self.element({"type": "Package", "os_index": package, **self.sets(cpus, [package]),
                                      "gp_index": self.new()}, children + self.devices[package])
        every = self.sets(range(total * self.threads), range(self.packages))
        machine = self.element({"type": "Machine", "os_index": 0, **every, "allowed_cpuset": every["cpuset"],
                                "allowed_nodeset": every["nodeset"], "gp_index": self.new()}, packages)
        if self.packages > 1:
            ends = [("NUMANode", package) for package in range(self.packages)]
            rows = [[10 if a == b else self.distance for b in range(self.packages)] for a in range(self.packages)]
            self.matrix("NUMALatency", ends, rows, 5)
        return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', '<!DOCTYPE topology SYSTEM "hwloc2.dtd">',
                          '<topology version="2.0">', *machine, *self.matrices, "</topology>", ""])


def fabric(machine, gpus, switches, links, trunks=()):
    """Links from each GPU to switches: links(gpu, switch) of 25 GB/s; trunks(switch, switch) between switches."""
    ends = [("OSDev", number) for number in gpus] + [("PCIDev", number) for number in switches]
    count = len(ends)
    values = [[0] * count for _ in range(count)]
    for gpu, switch in itertools.product(range(len(gpus)), range(len(switches))):
        values[gpu][len(gpus) + switch] = values[len(gpus) + switch][gpu] = 25000 * links(gpu, switch)
    for one, other in trunks:
        values[len(gpus) + one][len(gpus) + other] = values[len(gpus) + other][len(gpus) + one] = 200000
    machine.matrix("NVLinkBandwidth", ends, values, 9)


def nvswitches(machine, package, bus, count):
    """NVSwitches behind a PCIe switch of their own; their gp_index."""
    ports, numbers = [], []
    for port in range(count):
        element, number = machine.pci(f"0000:{bus + 2 + port:02x}:00.0", "0680 [10de:22a3]", subtype="NVSwitch")
        ports.append((bus + 2 + port, bus + 2 + port, element))
        numbers.append(number)
    element, last = machine.switch(bus, ports)
    machine.root(package, bus, element, last)
    return numbers


def dgx2():
    """Two sockets, each with eight V100 in pairs below two levels of switches, a card for each pair, six NVSwitches a board."""
    machine = Machine(packages=2, cores=8, memory=768 << 30)
    gpus, switches, index = [], [], 0
    for package, base in ((0, 0x20), (1, 0xA0)):
        for half in range(2):
            bus, ports = base + half * 0x20, []
            for pair in range(2):
                start = bus + 2 + pair * 8
                below = []
                for slot in range(2):
                    element, number = machine.nvidia(start + 2 + slot, index, "1db8", "Tesla V100-SXM3-32GB")
                    gpus.append(number)
                    below.append((start + 2 + slot, start + 2 + slot, element))
                    index += 1
                below.append((start + 4, start + 4, machine.infiniband(
                    start + 4, f"mlx5_{index // 2 - 1}", f"ib{index // 2 - 1}", "0207 [15b3:1017]")))
                element, last = machine.switch(start, below)
                ports.append((start, last, element))
            element, last = machine.switch(bus, ports)
            machine.root(package, bus, element, last)
        switches += nvswitches(machine, package, base + 0x48, 6)
    fabric(machine, gpus, switches, lambda gpu, switch: int(gpu // 8 == switch // 6),
           [(switch, switch + 6) for switch in range(6)])
    return machine


def dgx_h100():
    """Two sockets, four switches of two H100 and two cards each, two cards for storage and data; four NVSwitches."""
    machine = Machine(packages=2, cores=8, memory=1 << 40)
    gpus, switches, index = [], [], 0
    for package, base in ((0, 0x18), (1, 0x98)):
        for half in range(2):
            bus, ports = base + half * 0x10, []
            for slot in range(2):
                element, number = machine.nvidia(bus + 2 + slot, index, "2330", "NVIDIA H100 80GB HBM3")
                gpus.append(number)
                ports.append((bus + 2 + slot, bus + 2 + slot, element))
                index += 1
            for slot in range(2):
                card = index - 2 + slot
                ports.append((bus + 4 + slot, bus + 4 + slot, machine.infiniband(bus + 4 + slot, f"mlx5_{card}", f"ib{card}")))
            element, last = machine.switch(bus, ports)
            machine.root(package, bus, element, last)
        bus = base + 0x22
        machine.root(package, bus, machine.infiniband(
            bus, f"mlx5_{8 + package}", f"enp{bus}s0f0np0", "0200 [15b3:1021]"), bus)
        machine.root(package, bus + 4, machine.ethernet(bus + 4, f"eno{package + 1}"), bus + 4)
    switches += nvswitches(machine, 0, 0x60, 4)
    # Of 18 links each GPU has 5 to two switches and 4 to two.
    fabric(machine, gpus, switches, lambda _, switch: 5 if switch < 2 else 4)
    return machine


def pcie_only():
    """One socket with four A10 on ports of its own, a card of 25 GbE, and the screen of the board's controller."""
    machine = Machine(packages=1, cores=8, memory=256 << 30)
    for index in range(4):
        bus = 0x21 + index * 0x20
        machine.root(0, bus, machine.nvidia(bus, index, "2236", "NVIDIA A10")[0], bus)
    machine.root(0, 0xC1, machine.ethernet(0xC1, "eth0"), 0xC1)
    screen = machine.pci("0000:04:00.0", "0300 [1a03:2000]")[0]
    machine.root(0, 0x03, machine.bridge("0000:03:00.0", 4, 4, screen, "0604 [1a03:1150]"), 4)
    return machine


def amd():
    """Two sockets, eight MI300X, each with a card below one switch; every GPU linked to every other."""
    machine = Machine(packages=2, cores=8, threads=1, memory=1152 << 30, distance=32)
    gpus = []
    for index in range(8):
        package, bus = index // 4, 0x10 + index * 0x18
        element, number = machine.amd(bus + 2, index)
        gpus.append(("OSDev", number))
        card = machine.infiniband(bus + 3, f"mlx5_{index}", f"enp{bus + 3}s0np0", "0200 [15b3:1021]")
        element, last = machine.switch(bus, [(bus + 2, bus + 2, element), (bus + 3, bus + 3, card)])
        machine.root(package, bus, element, last)
    machine.matrix("XGMIBandwidth", gpus, [[0 if a == b else 100000 for b in range(8)] for a in range(8)], 9)
    return machine


if __name__ == "__main__":
    for name, make in {"dgx-2": dgx2, "dgx-h100": dgx_h100, "pcie-a10": pcie_only, "amd-mi300x": amd}.items():
        with open(f"{sys.argv[1]}/{name}.xml", "w", encoding="utf-8") as file:
            file.write(make().text())
