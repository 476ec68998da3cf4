using AttnPo.Build;
using CsCheck;
using TorchSharp;
using Xunit;

namespace AttnPo.Gpu.Tests.Build;

public sealed class LibStdCxxCompatibilityTests
{
    [Fact]
    public void The_need_for_the_newer_version_becomes_weak_and_nothing_else_changes()
    {
        var elf = new TinyElf();
        var before = elf.Bytes.ToArray();

        Assert.Equal(LibStdCxxNeed.MadeWeak, LibStdCxxCompatibility.Apply(elf.Bytes));

        Assert.Equal(2, elf.Bytes[elf.VersionFlags]);
        Assert.Equal(0x22, elf.Bytes[elf.MarkerInfo]);
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != elf.Bytes[i]);
        Assert.Equal(new[] { elf.VersionFlags, elf.MarkerInfo }.Order(), changed);
    }

    [Fact]
    public void A_second_application_changes_nothing()
    {
        var elf = new TinyElf();
        LibStdCxxCompatibility.Apply(elf.Bytes);
        var once = elf.Bytes.ToArray();

        Assert.Equal(LibStdCxxNeed.WasWeak, LibStdCxxCompatibility.Apply(elf.Bytes));
        Assert.Equal(once, elf.Bytes);
    }

    [Fact]
    public void A_library_that_uses_what_it_asks_for_is_left_alone()
    {
        AssertLeftAlone(new TinyElf(referredTo: true).Bytes);
        AssertLeftAlone(new TinyElf(secondUser: true).Bytes);
        AssertLeftAlone(new TinyElf(marker: "_ZSt_some_function").Bytes);
        var defined = new TinyElf();
        defined.UInt16(defined.MarkerInfo + 2, 1);
        AssertLeftAlone(defined.Bytes);
    }

    [Fact]
    public void A_library_with_other_needs_is_left_alone()
    {
        AssertLeftAlone(new TinyElf(version: "GLIBCXX_3.4.30").Bytes);
        AssertLeftAlone(new TinyElf(library: "libother.so.6").Bytes);
    }

    [Fact]
    public void What_is_no_shared_object_for_x64_is_left_alone()
    {
        AssertLeftAlone([]);
        AssertLeftAlone("not an ELF file, though longer than the header of one, which has sixty-four bytes"u8.ToArray());
        foreach (var (at, value) in new[] { (4, 1), (5, 2), (16, 2), (18, 183) })
        {
            var elf = new TinyElf();
            elf.Bytes[at] = (byte)value;
            AssertLeftAlone(elf.Bytes);
        }
    }

    [Fact]
    public void C9_every_truncation_is_left_alone()
    {
        var whole = new TinyElf().Bytes;
        // The relocation at the end is not needed to recognise the rest; a cut there makes it a section without content.
        for (var length = 0; length < whole.Length - 24; length++) AssertLeftAlone(whole[..length]);
    }

    [Fact]
    public void C9_hostile_offsets_and_counts_are_left_alone()
    {
        foreach (var value in new[] { ulong.MaxValue, 1UL << 63, 1UL << 40, 0xffff_ffffUL, 0x7fff_ffffUL })
        {
            foreach (var field in new[] { 40, -24, -32 })
            {
                var elf = new TinyElf();
                elf.UInt64(field > 0 ? field : elf.NeedsHeader - field, value);
                AssertLeftAlone(elf.Bytes);
            }
        }
        var looping = new TinyElf();
        looping.UInt32(looping.Needs + 16 + 12, 0);
        AssertLeftAlone(looping.Bytes);
        var noNames = new TinyElf();
        noNames.UInt32(noNames.SymbolsHeader + 40, 60_000);
        AssertLeftAlone(noNames.Bytes);
    }

    [Fact]
    public void C9_no_damage_makes_it_throw_or_change_more_than_the_two_fields()
    {
        var whole = new TinyElf().Bytes;
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 6].Sample(damage =>
        {
            var image = whole.ToArray();
            foreach (var (at, value) in damage) image[at] = value;
            var before = image.ToArray();
            var applied = LibStdCxxCompatibility.Apply(image);
            var changed = Enumerable.Range(0, image.Length).Count(i => image[i] != before[i]);
            return applied == LibStdCxxNeed.MadeWeak ? changed is 1 or 2 : changed == 0;
        });
    }

    [Fact]
    public void The_file_keeps_its_time_and_mode_and_leaves_nothing_beside_it()
    {
        var folder = Directory.CreateTempSubdirectory("attnpo-elf-");
        try
        {
            var path = Path.Combine(folder.FullName, "libLibTorchSharp.so");
            var written = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);
            File.WriteAllBytes(path, new TinyElf().Bytes);
            File.SetLastWriteTimeUtc(path, written);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            Assert.Equal(LibStdCxxNeed.MadeWeak, LibStdCxxCompatibility.ApplyTo(path));
            Assert.Equal(LibStdCxxNeed.WasWeak, LibStdCxxCompatibility.ApplyTo(path));

            Assert.Equal(written, File.GetLastWriteTimeUtc(path));
            Assert.Single(folder.GetFiles());
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public void The_build_has_treated_the_library_beside_the_tests()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        Skip.IfNot(File.Exists(path), "no Linux build of TorchSharp in the output");
        Assert.Equal(LibStdCxxNeed.WasWeak, LibStdCxxCompatibility.Apply(File.ReadAllBytes(path)));
    }

    [Fact]
    public void TorchSharp_computes_with_the_library_of_the_output()
    {
        using var ones = torch.ones(2);
        using var sum = ones.sum();
        Assert.Equal(2f, sum.item<float>());
    }

    private static void AssertLeftAlone(byte[] image)
    {
        var before = image.ToArray();
        Assert.Equal(LibStdCxxNeed.NotRecognised, LibStdCxxCompatibility.Apply(image));
        Assert.Equal(before, image);
    }
}
