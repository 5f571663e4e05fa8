/**
 * Sessions of input methods, step by step as the editor is told of them: what stands underlined in the text, where the caret is in it, and what is left at
 * the end. Written down from what ibus-mozc, ibus-libpinyin, ibus-hangul, dead keys and GBoard are documented to send.
 */
import type { ImeStep } from "../drive/driver.ts";

/** One session. */
export interface Recording {
  readonly name: string;
  readonly steps: readonly ImeStep[];
  /** What stands in the text afterwards. */
  readonly text: string;
}

const preedit = (...shown: string[]): ImeStep[] => shown.map((one) => ({ preedit: one }));

export const recordings: readonly Recording[] = [
  {
    name: "Japanese, romaji to kana to kanji, with the caret before the phrase that is being chosen (mozc)",
    steps: [
      ...preedit("ｎ", "に", "にｈ", "にほ", "にほｎ", "にほん", "にほんｇ", "にほんご"),
      { preedit: "日本語", caret: 0 },
      { preedit: "二本後", caret: 0 },
      { preedit: "日本語", caret: 0 },
      { commit: "日本語" },
    ],
    text: "日本語",
  },
  {
    name: "Pinyin, letters that become words from the left (libpinyin)",
    steps: [...preedit("n", "ni", "ni h", "ni ha", "ni hao", "你hao", "你好"), { commit: "你好" }],
    text: "你好",
  },
  {
    name: "Hangul, a syllable that grows and gives its last sound to the next (hangul)",
    steps: [...preedit("ㅎ", "하", "한", "핝"), { commit: "한" }, ...preedit("즈", "증"), { commit: "증" }],
    text: "한증",
  },
  { name: "a dead key and its letter", steps: [...preedit("´"), { commit: "é" }], text: "é" },
  {
    name: "GBoard, a word that is under composition letter by letter and is corrected at its end",
    steps: [...preedit("t", "te", "teh"), { commit: "the" }],
    text: "the",
  },
  { name: "GBoard, a word at a stroke", steps: [...preedit("harvest"), { commit: "harvest" }], text: "harvest" },
  {
    name: "signs beyond the first plane, and one made of several",
    steps: [...preedit("😀", "😀👩‍🌾", "👩‍🌾"), { commit: "👩‍🌾𠮷" }],
    text: "👩‍🌾𠮷",
  },
  {
    name: "a composition that grows back to nothing and begins anew",
    steps: [...preedit("か", "かな", "か", ""), ...preedit("き", "きの"), { commit: "木の" }],
    text: "木の",
  },
];
