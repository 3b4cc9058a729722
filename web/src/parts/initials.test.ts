import { expect, test } from "vitest";
import { initials } from "./initials";

test.each([
  ["Contoso", "C"], ["Adventure Works", "AW"], ["north-wind traders", "NW"], ["شركة كونتوسو", "شك"], ["  ", ""], ["& Sons", "S"], ["🍏 Orchard Ltd", "OL"], ["ñandú", "Ñ"],
])("%s is %s", (name, letters) => expect(initials(name)).toBe(letters));
