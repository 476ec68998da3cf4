namespace AttnPo.Core.Verification.Reference;

/// <summary>What becomes of LaTeX commands in plain text. A command that is not here leaves nothing, and what follows it stays.</summary>
internal static class LatexCommands
{
    /// <summary>A command.</summary>
    /// <param name="Arguments">One character each: { what must follow, [ what may follow in square brackets, * a star that may.</param>
    /// <param name="Write">
    /// What stands in its place, from the texts of its arguments: as many as <paramref name="Arguments"/> says, or none where they are not
    /// there. Null where nothing can be written without them.
    /// </param>
    public sealed record Command(string Arguments, Func<IReadOnlyList<string>, string?> Write);

    private static readonly Dictionary<string, Command> Known = All();

    /// <summary>The command of a name, or one that takes nothing and leaves nothing.</summary>
    public static Command Of(string name) => Known.TryGetValue(name, out var command) ? command : Symbol("");

    private static Command Symbol(string text) => new("", _ => text);

    private static Command Argument(string arguments, int which) => new(arguments, parts => parts.Count == 0 ? null : parts[which]);

    private static Dictionary<string, Command> All()
    {
        var all = new Dictionary<string, Command>(StringComparer.Ordinal);
        var symbols = Symbols.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < symbols.Length; i += 2) all[symbols[i]] = Symbol(symbols[i + 1]);
        foreach (var name in Names.Split(' ')) all[name] = Symbol(name);
        foreach (var (name, text) in Others) all[name] = Symbol(text);
        // Without its arguments a fraction leaves its pattern.
        all["frac"] = all["nicefrac"] = new("{{", parts => parts is [var over, var under] ? $"{over}/{under}" : "%s/%s");
        foreach (var name in Lined.Split(' ')) all[name] = new("{", parts => parts is [var only] ? only : "%s");
        foreach (var name in Texts.Split(' ')) all[name] = new("{", string.Concat);
        foreach (var name in Dropped.Split(' ')) all[name] = new("{", _ => "");
        foreach (var name in DroppedWithOption.Split(' ')) all[name] = new("[{", _ => "");
        // The degree of a root is not written.
        all["sqrt"] = new("[{", parts => parts is [_, var radicand] ? $"√({radicand})" : null);
        all["footnote"] = new("[{", parts => parts is [_, var note] ? $"[{note}]" : null);
        all["textcolor"] = all["colorbox"] = Argument("[{{", 2);
        all["hspace"] = new("*{", _ => "");
        all["vspace"] = new("*{", _ => "\n");
        all[@"\"] = new("*[", _ => "\n");
        foreach (var (name, style) in LatexStyles.Commands)
            all[name] = new("{", parts => parts is [var letters] ? LatexStyles.Styled(letters, style) : "");
        foreach (var (accents, mark, composed) in LatexStyles.Accents)
            foreach (var name in accents.Split(' '))
                all[name] = new("{", parts => LatexStyles.Accented(parts is [var letters] ? letters.Trim() : " ", mark, composed));
        return all;
    }

    private const string Names =
        "cos sin tan arccos arcsin arctan cosh sinh tanh arccosh arcsinh arctanh ln log exp max min sup inf lim & $ { } # _";

    private static (string Name, string Text)[] Others =>
    [
        ("limsup", "lim sup"), ("liminf", "lim inf"), ("prime", "'"), ("lvert", "|"), ("rvert", "|"), ("vert", "|"), ("mid", "|"), ("surd", "√"),
        ("lbrace", "{"), ("rbrace", "}"), ("backslash", @"\"), ("textbackslash", @"\"), (",", " "), (";", " "), (":", " "), (" ", " "),
        ("quad", "  "), ("qquad", "    "), ("enskip", "\u00A0"), ("-", "\u00AD"), ("%", "%"), ("textdegree", "°"), ("texttimes", "×"),
        ("textdiv", "÷"), ("textpm", "±"), ("textmp", "∓"), ("texteuro", "€"), ("textonehalf", "½"), ("textonequarter", "¼"), ("textthreequarters", "¾"),
        ("texttwosuperior", "²"), ("textthreesuperior", "³"), ("textperiodcentered", "˙"), ("textmu", "µ"), ("textendash", "–"), ("textemdash", "—"),
        ("textcent", "¢"), ("textsterling", "£"), ("textyen", "¥"),
    ];

    private const string Lined =
        "overline underline widehat widetilde wideparen overleftarrow overrightarrow overleftrightarrow underleftarrow underrightarrow "
        + "underleftrightarrow overbrace underbrace overgroup undergroup overbracket underbracket overlinesegment underlinesegment "
        + "overleftharpoon overrightharpoon";

    private const string Texts = "text textrm textit textbf textsc textsl emph mathrm";

    private const string Dropped = "mbox textmd textsf texttt textup ensuremath label hypersetup keywords title author date bibliography";

    private const string DroppedWithOption = "hphantom vphantom xleftarrow xrightarrow color pagecolor";

    private const string Symbols =
        """
        oe œ  OE Œ  ae æ  AE Æ  aa å  AA Å  o ø  O Ø  ss ß  L Ł  l ł  i ı  j ȷ  hbar ħ  ell ℓ  forall ∀  complement ∁  partial ∂
        exists ∃  nexists ∄  varnothing ∅  emptyset ∅  aleph ℵ  nabla ∇  in ∈  notin ∉  ni ∋  prod ∏  coprod ∐  sum ∑  setminus ∖
        smallsetminus ∖  ast ∗  circ ∘  bullet ∙  propto ∝  infty ∞  parallel ∥  nparallel ∦  wedge ∧  vee ∨  cap ∩  cup ∪  int ∫
        iint ∬  iiint ∭  oint ∮  sim ∼  backsim ∽  simeq ≃  approx ≈  neq ≠  equiv ≡  le ≤  ge ≥  leq ≤  geq ≥  leqslant ⩽  geqslant ⩾
        leqq ≦  geqq ≧  lneqq ≨  gneqq ≩  ll ≪  gg ≫  nless ≮  ngtr ≯  nleq ≰  ngeq ≱  lesssim ≲  gtrsim ≳  lessgtr ≶  gtrless ≷
        prec ≺  succ ≻  preceq ≼  succeq ≽  precsim ≾  succsim ≿  nprec ⊀  nsucc ⊁  subset ⊂  supset ⊃  subseteq ⊆  supseteq ⊇
        nsubseteq ⊈  nsupseteq ⊉  subsetneq ⊊  supsetneq ⊋  cdot ·  times ×  otimes ⊗  oplus ⊕  bigotimes ⊗  bigoplus ⊕  dag †
        dagger †  pm ±  mp ∓  ldots …  cdots ⋯  ddots ⋱  iddots ⋰  vdots ⋮  dots …  dotsc …  dotsb …  dotsm …  dotsi …  dotso …
        langle ⟨  rangle ⟩  lVert ‖  rVert ‖  Vert ‖  nmid ∤  uparrow ↑  downarrow ↓  rightarrow →  to →  leftarrow ←  longrightarrow ⟶
        longleftarrow ⟵  alpha α  Alpha Α  beta β  Beta Β  gamma γ  Gamma Γ  delta δ  Delta Δ  epsilon ϵ  Epsilon Ε  zeta ζ  Zeta Ζ
        eta η  Eta Η  theta θ  Theta Θ  iota ι  Iota Ι  kappa κ  Kappa Κ  lambda λ  Lambda Λ  mu μ  Mu Μ  nu ν  Nu Ν  xi ξ  Xi Ξ
        omicron ο  Omicron Ο  pi π  Pi Π  rho ρ  Rho Ρ  sigma σ  Sigma Σ  tau τ  Tau Τ  upsilon υ  Upsilon Υ  phi ϕ  Phi Φ  chi χ
        Chi Χ  psi ψ  Psi Ψ  omega ω  Omega Ω  varepsilon ε  vartheta ϑ  varpi ϖ  varrho ϱ  varsigma ς  varphi φ  varkappa ϰ
        backepsilon ϶  backprime ‵  wp ℘  beth ℶ  gimel ℷ  daleth ℸ  leftrightarrow ↔  updownarrow ↕  nwarrow ↖  nearrow ↗  searrow ↘
        swarrow ↙  nleftarrow ↚  nrightarrow ↛  twoheadleftarrow ↞  twoheadrightarrow ↠  leftarrowtail ↢  rightarrowtail ↣  mapsto ↦
        hookleftarrow ↩  hookrightarrow ↪  looparrowleft ↫  looparrowright ↬  leftrightsquigarrow ↭  nleftrightarrow ↮  Lsh ↰  Rsh ↱
        curvearrowleft ↶  curvearrowright ↷  circlearrowleft ↺  circlearrowright ↻  leftharpoonup ↼  leftharpoondown ↽
        upharpoonright ↾  upharpoonleft ↿  rightharpoonup ⇀  rightharpoondown ⇁  downharpoonright ⇂  downharpoonleft ⇃
        rightleftarrows ⇄  leftrightarrows ⇆  leftleftarrows ⇇  upuparrows ⇈  rightrightarrows ⇉  downdownarrows ⇊  leftrightharpoons ⇋
        rightleftharpoons ⇌  nLeftarrow ⇍  nLeftrightarrow ⇎  nRightarrow ⇏  Leftarrow ⇐  Uparrow ⇑  Rightarrow ⇒  Downarrow ⇓
        Leftrightarrow ⇔  Updownarrow ⇕  Lleftarrow ⇚  Rrightarrow ⇛  rightsquigarrow ⇝  blacksquare ▪  dotplus ∔  angle ∠
        measuredangle ∡  sphericalangle ∢  therefore ∴  because ∵  wr ≀  cong ≅  approxeq ≊  asymp ≍  Bumpeq ≎  bumpeq ≏  doteq ≐
        fallingdotseq ≒  risingdotseq ≓  eqcirc ≖  circeq ≗  triangleq ≜  between ≬  uplus ⊎  sqsubset ⊏  sqsupset ⊐  sqsubseteq ⊑
        sqsupseteq ⊒  sqcap ⊓  sqcup ⊔  ominus ⊖  oslash ⊘  odot ⊙  circledcirc ⊚  circledast ⊛  circleddash ⊝  boxplus ⊞  boxminus ⊟
        boxtimes ⊠  boxdot ⊡  vdash ⊢  dashv ⊣  top ⊤  perp ⊥  Vdash ⊩  Vvdash ⊪  VDash ⊫  nvdash ⊬  nvDash ⊭  nVdash ⊮  nVDash ⊯
        vartriangleleft ⊲  vartriangleright ⊳  trianglelefteq ⊴  trianglerighteq ⊵  multimap ⊸  intercal ⊺  veebar ⊻  bigwedge ⋀
        bigvee ⋁  bigcap ⋂  bigcup ⋃  diamond ♢  star ⋆  divideontimes ⋇  bowtie ⋈  ltimes ⋉  rtimes ⋊  leftthreetimes ⋋
        rightthreetimes ⋌  backsimeq ⋍  curlyvee ⋎  curlywedge ⋏  Subset ⋐  Supset ⋑  Cap ⋒  Cup ⋓  pitchfork ⋔  lessdot ⋖  gtrdot ⋗
        lesseqgtr ⋚  gtreqless ⋛  curlyeqprec ⋞  curlyeqsucc ⋟  lnsim ⋦  gnsim ⋧  succnsim ⋩  ntriangleleft ⋪  ntriangleright ⋫
        ntrianglelefteq ⋬  ntrianglerighteq ⋭  udots ⋰  barwedge ⌅  lceil ⌈  rceil ⌉  lfloor ⌊  rfloor ⌋  ulcorner ⌜  urcorner ⌝
        llcorner ⌞  lrcorner ⌟  frown ⌢  smile ⌣  lmoustache ⎰  rmoustache ⎱  square □  bigtriangleup △  blacktriangle ▴  vartriangle ▵
        blacktriangleright ▸  triangleright ▹  bigtriangledown ▽  blacktriangledown ▾  triangledown ▿  blacktriangleleft ◂
        triangleleft ◃  lozenge ◊  bigcirc ◯  flat ♭  natural ♮  sharp ♯  longleftrightarrow ⟷  Longleftarrow ⟸  Longrightarrow ⟹
        Longleftrightarrow ⟺  longmapsto ⟼  blacklozenge ⧫  amalg ⨿  lessapprox ⪅  gtrapprox ⪆  lneq ⪇  gneq ⪈  lnapprox ⪉  gnapprox ⪊
        lesseqqgtr ⪋  gtreqqless ⪌  precneqq ⪵  succneqq ⪶  precapprox ⪷  succapprox ⪸  precnapprox ⪹  succnapprox ⪺  lnot ¬  div ÷
        digamma ϝ  hslash ℏ  mho ℧  Colon ∷  preccurlyeq ≼  succcurlyeq ≽
        """;
}
