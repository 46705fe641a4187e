import { render } from "preact";
import "./panel.css";
import "./few-colors.css";
import { Panel } from "./panel.tsx";

const root = document.createElement("div");
root.className = "panel";
document.body.append(root);
render(<Panel />, root);
