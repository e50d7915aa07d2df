import { type DebianPackage, fetchDebianFiles } from "../debian/fetch-files.js";
import type { Source } from "./source.js";

/** Debian 13's and 12's; they run wherever glibc is 2.34 or newer. */
const PACKAGE: DebianPackage = {
  names: ["nats-server"],
  pinned: [
    {
      file: "n/nats-server/nats-server_2.10.27-1+b2",
      sha256: {
        amd64: "6d913ac987b78734c08537c2adeb1526cf735f216173a9170d94b185fcfe6f8a",
        arm64: "0c9a617510b28c1b4fb4a38aabea6ab8cd7f026247f2abdff8b955b2278ce049",
      },
    },
    {
      file: "n/nats-server/nats-server_2.9.10-1+b3",
      sha256: {
        amd64: "9f69ebb6f612e652382fde175622160dcd81fd97f2356f5da80bb5c3f48513dd",
        arm64: "7748c8906ffbaf4f08018c61eeeb5f5e57b4f7bd5307415a802450141b0ee8cd",
      },
    },
  ],
};

export const debian: Source = {
  name: "debian",
  label: "Debian",
  cacheName: "debian",
  fetch: (context) => fetchDebianFiles(PACKAGE, ["usr/sbin/nats-server"], context),
};
