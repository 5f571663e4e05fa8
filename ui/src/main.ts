/** The page's entry. The chrome is mounted here. */
import "./style/tokens.css";

export {};
