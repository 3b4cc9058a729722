import { render } from "preact";
import { Popup } from "../../src/screens/Popup";

render(<Popup />, document.getElementById("root")!);
