import { render } from "preact";
import { Options } from "../../src/screens/Options";

render(<Options />, document.getElementById("root")!);
