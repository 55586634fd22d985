using AIMake.Speech.Text;

namespace AIMake.Tests.Speech.Text;

public sealed class SpeechSegmenterTests
{
    private static string[] Segments(string text, int maximumLength = 600) =>
        [.. SpeechSegmenter.Split(text, maximumLength, out _).Segments.Select(segment => segment.Text)];

    [Theory]
    [InlineData("Good morning. How are you? Fine!", "Good morning.|How are you?|Fine!")]
    [InlineData("hello there. how are you", "hello there.|how are you")]
    [InlineData("Mr. Smith met Mrs. Jones and Dr. Who. They left.", "Mr. Smith met Mrs. Jones and Dr. Who.|They left.")]
    [InlineData("Fruit, e.g. apples, i.e. Malus domestica, is fine. Yes.", "Fruit, e.g. apples, i.e. Malus domestica, is fine.|Yes.")]
    [InlineData("The U.S. Army moved. It stopped.", "The U.S. Army moved.|It stopped.")]
    [InlineData("He lives in the U.S. The weather is fine.", "He lives in the U.S.|The weather is fine.")]
    [InlineData("At 5 p.m. Monday we met. At 6 a.m. He left.", "At 5 p.m. Monday we met.|At 6 a.m.|He left.")]
    [InlineData("Cats, dogs, etc. are here. Birds etc. Others too.", "Cats, dogs, etc. are here.|Birds etc.|Others too.")]
    [InlineData("J. K. Rowling and John F. Kennedy. Nobody else.", "J. K. Rowling and John F. Kennedy.|Nobody else.")]
    [InlineData("J. A. Smith wrote it.", "J. A. Smith wrote it.")]
    [InlineData("Pi is 3.14 or so. Version 2.0.1 is out.", "Pi is 3.14 or so.|Version 2.0.1 is out.")]
    [InlineData("See https://example.com/a.b?c=d.e!f for more. Or write to a.b@example.co.uk. Thanks.", "See https://example.com/a.b?c=d.e!f for more.|Or write to a.b@example.co.uk.|Thanks.")]
    [InlineData("It was 1999. The end came.", "It was 1999.|The end came.")]
    [InlineData("See No. 5 and Fig. 2 on p. 7. No. I will not.", "See No. 5 and Fig. 2 on p. 7.|No.|I will not.")]
    [InlineData("Wait... what? Well… The end.", "Wait... what?|Well…|The end.")]
    [InlineData("Really?! Yes!!! Oh.", "Really?!|Yes!!!|Oh.")]
    [InlineData("\"Stop!\" he said. \"Why?\" She ran.", "\"Stop!\" he said.|\"Why?\"|She ran.")]
    [InlineData("“It is late.” He slept. (It was dark.) He woke.", "“It is late.”|He slept.|(It was dark.)|He woke.")]
    [InlineData("He said 'No.' Then he left.", "He said 'No.'|Then he left.")]
    [InlineData("The cat sat. It purred. On Sat. morning it slept.", "The cat sat.|It purred.|On Sat. morning it slept.")]
    [InlineData("Acme Inc. makes things. He joined Acme Inc. He was happy.", "Acme Inc. makes things.|He joined Acme Inc.|He was happy.")]
    [InlineData("Dr. med. Müller kam am 3. Oktober. Er blieb.", "Dr. med.|Müller kam am 3. Oktober.|Er blieb.")]
    [InlineData("Yahoo!ed it. .NET is fine.", "Yahoo!ed it.|.NET is fine.")]
    public void English_sentences_end_where_a_reader_would_end_them(string text, string expected) =>
        Assert.Equal(expected.Split('|'), Segments(text));

    [Theory]
    [InlineData("你好。今天天气很好！你去哪里？", "你好。|今天天气很好！|你去哪里？")]
    [InlineData("他说：“你好！”然后走了。", "他说：“你好！”|然后走了。")]
    [InlineData("他说：\"好。\"\"不好。\"她答。", "他说：\"好。\"|\"不好。\"|她答。")]
    [InlineData("《书名。》他读完了。（真的。）好。", "《书名。》|他读完了。|（真的。）|好。")]
    [InlineData("我……我不知道。", "我……|我不知道。")]
    [InlineData("圆周率是3.14，版本是v2.0。价格是９．９元。", "圆周率是3.14，版本是v2.0。|价格是９．９元。")]
    [InlineData("今天完成.明天继续.", "今天完成.|明天继续.")]
    [InlineData("1.苹果 2.香蕉", "1.苹果 2.香蕉")]
    [InlineData("我用Vue.现在很好。", "我用Vue.|现在很好。")]
    [InlineData("见https://例子.中国/路径?问=答。好。", "见https://例子.中国/路径?问=答。|好。")]
    [InlineData("Hello世界!你好?Yes.", "Hello世界!|你好?Yes.")]
    [InlineData("这是一个相当长的分句用来测试分号的作用；后面还有话。短；句。", "这是一个相当长的分句用来测试分号的作用；|后面还有话。|短；句。")]
    [InlineData("こんにちは。元気ですか？はい。", "こんにちは。|元気ですか？|はい。")]
    [InlineData("真棒！🎉下一句。", "真棒！🎉|下一句。")]
    public void Chinese_and_Japanese_sentences_need_no_blank(string text, string expected) =>
        Assert.Equal(expected.Split('|'), Segments(text));

    [Theory]
    [InlineData("1. First thing\n2. Second thing\n3) Third", "1. First thing|2. Second thing|3) Third")]
    [InlineData("a. one\nb. two\niv. four", "a. one|b. two|iv. four")]
    [InlineData("1.2. Scope of work\n1.3. Terms", "1.2. Scope of work|1.3. Terms")]
    [InlineData("Title\n\nText goes here", "Title|Text goes here")]
    [InlineData("Roses are red\r\nViolets are blue", "Roses are red|Violets are blue")]
    [InlineData("This line of running text has been wrapped by an editor at\nseventy columns. Next.", "This line of running text has been wrapped by an editor at seventy columns.|Next.")]
    public void Lines_and_lists_keep_their_shape(string text, string expected) =>
        Assert.Equal(expected.Split('|'), Segments(text));

    [Fact]
    public void A_long_clause_ends_at_a_semicolon_and_a_short_one_does_not() =>
        Assert.Equal(
            ["The committee met for the ninth time that year;", "it decided nothing.", "He came; he saw."],
            Segments("The committee met for the ninth time that year; it decided nothing. He came; he saw."));

    [Fact]
    public void Paragraphs_are_marked_at_their_last_segment()
    {
        var script = SpeechSegmenter.Split("One. Two.\n\nThree.\n🎉\n\nFour", 600, out _);

        Assert.Equal(["One.", "Two.", "Three.", "Four"], script.Segments.Select(segment => segment.Text));
        Assert.Equal([false, true, true, true], script.Segments.Select(segment => segment.ParagraphEnd));
        Assert.Equal([0, 1, 2, 3], script.Segments.Select(segment => segment.Index));
    }

    [Fact]
    public void Positions_point_into_the_original_and_blanks_are_made_one()
    {
        const string text = "  One\t two.\u200B   \uFEFFThree \u3000four.  ";
        var script = SpeechSegmenter.Split(text, 600, out _);

        Assert.Equal(["One two.", "Three four."], script.Segments.Select(segment => segment.Text));
        Assert.Equal(["One\t two.", "Three \u3000four."], script.Segments.Select(segment => text[segment.Start..segment.End]));
        Assert.Equal([8, 11], script.Segments.Select(segment => segment.Characters));
        Assert.Equal(19, script.Characters);
    }

    [Fact]
    public void Characters_are_code_points_not_units()
    {
        var segment = Assert.Single(SpeechSegmenter.Split("𠮷野家🎉", 600, out _).Segments);

        Assert.Equal(4, segment.Characters);
        Assert.Equal(6, segment.End);
    }

    [Theory]
    [InlineData("🎉🎉")]
    [InlineData(" \n\t　")]
    [InlineData("?!...—“”")]
    [InlineData("1️⃣2️⃣ ℹ️")]
    [InlineData("[pause 1s]")]
    [InlineData("$ % & ©")]
    public void Nothing_to_say_makes_no_segment(string text) => Assert.Empty(Segments(text));

    [Fact]
    public void Too_long_a_sentence_is_cut_at_clauses_then_blanks_then_between_characters()
    {
        Assert.Equal(["one, two,", "three four"], Segments("one, two, three four", 12));
        Assert.Equal(["one two", "three four", "five"], Segments("one two three four five", 10));
        Assert.Equal(["甲乙，", "丙丁戊，", "己"], Segments("甲乙，丙丁戊，己", 4));
        Assert.Equal(["abcde", "fghij", "k"], Segments("abcdefghijk", 5));
        Assert.Equal(["1,000,000", "2,000,000"], Segments("1,000,000 2,000,000", 10));
    }

    [Fact]
    public void A_cut_never_falls_inside_a_visible_character()
    {
        Assert.Equal(["e\u0301e\u0301", "e\u0301"], Segments("e\u0301e\u0301e\u0301", 5));
        Assert.Equal(["a👨‍👩‍👧", "b"], Segments("a👨‍👩‍👧b", 6));
        Assert.All(Segments("𠮷𠮷𠮷", 1), segment => Assert.Equal("𠮷", segment));
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "one word", new string('a', 300_000) },
        { "one Chinese word", new string('字', 300_000) },
        { "stops", "a" + new string('.', 300_000) },
        { "stops and blanks", string.Concat(Enumerable.Repeat("a. ", 100_000)) },
        { "initials", string.Concat(Enumerable.Repeat("A.", 150_000)) },
        { "blanks", string.Concat(Enumerable.Repeat("a." + new string(' ', 999), 300)) },
        { "blanks inside a sentence", string.Concat(Enumerable.Repeat("a" + new string(' ', 999), 300)) },
        { "brackets", new string('[', 300_000) + "a" },
        { "almost pauses", string.Concat(Enumerable.Repeat("[pause 1", 37_500)) },
        { "quotes", "a!" + new string('"', 300_000) },
        { "accents", "a" + new string('\u0301', 300_000) },
        { "emoji", "a!" + string.Concat(Enumerable.Repeat("🎉", 150_000)) + "b" },
        { "line breaks", string.Concat(Enumerable.Repeat("a\n", 150_000)) },
        { "digits", string.Concat(Enumerable.Repeat("1.", 150_000)) },
        { "joiners", string.Concat(Enumerable.Repeat("👨\u200D", 100_000)) + "a" },
        { "percent", new string('%', 300_000) + "a" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void The_work_grows_no_faster_than_the_text(string name, string text)
    {
        var script = SpeechSegmenter.Split(text, 600, out var steps);

        Assert.NotEmpty(script.Segments);
        Assert.All(script.Segments, segment => Assert.True(segment.Characters <= 600, name));
        Assert.True(steps <= 24L * text.Length + 64, $"{name}: {steps} steps for {text.Length} units");
    }
}
