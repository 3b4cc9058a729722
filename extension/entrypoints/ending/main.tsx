import { render } from "preact";
import { Ending } from "../../src/screens/Ending";

render(<Ending />, document.getElementById("root")!);
