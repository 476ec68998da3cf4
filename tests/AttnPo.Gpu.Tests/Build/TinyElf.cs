using System.Buffers.Binary;
using System.Text;

namespace AttnPo.Gpu.Tests.Build;

/// <summary>
/// The least shared object that asks libstdc++ for a version through one undefined symbol: a null symbol and the marker, one
/// library with two versions, five sections.
/// </summary>
internal sealed class TinyElf
{
    private const int SectionTable = 64;
    private const int SectionCount = 6;
    private const int Content = SectionTable + SectionCount * 64;

    public TinyElf(
        string marker = "_ZSt21ios_base_library_initv", string version = "GLIBCXX_3.4.32", string library = "libstdc++.so.6",
        bool referredTo = false, bool secondUser = false)
    {
        var names = Encoding.ASCII.GetBytes($"\0{marker}\0{library}\0{version}\0GLIBCXX_3.4\0another\0");
        int markerName = 1, libraryName = markerName + marker.Length + 1, versionName = libraryName + library.Length + 1;
        int olderName = versionName + version.Length + 1, anotherName = olderName + "GLIBCXX_3.4".Length + 1;
        const int SymbolCount = 3;
        var symbols = Content + (names.Length + 7) / 8 * 8;
        var versions = symbols + SymbolCount * 24;
        var needs = versions + 8;
        var relocations = needs + 48;
        Bytes = new byte[relocations + 24];

        UInt32(0, 0x464c457f);
        (Bytes[4], Bytes[5], Bytes[6]) = (2, 1, 1);
        UInt16(16, 3);
        UInt16(18, 62);
        UInt64(40, SectionTable);
        UInt16(58, 64);
        UInt16(60, SectionCount);
        SectionHeader(1, type: 3, Content, names.Length);
        SectionHeader(2, type: 11, symbols, SymbolCount * 24, link: 1);
        SectionHeader(3, type: 0x6fffffff, versions, SymbolCount * 2, link: 2);
        SectionHeader(4, type: 0x6ffffffe, needs, 48, link: 1, info: 1);
        SectionHeader(5, type: 4, relocations, 24, link: 2);
        names.CopyTo(Bytes, Content);

        // Symbol 1 is the marker, symbol 2 another that asks for the older version.
        UInt32(symbols + 24, markerName);
        Bytes[symbols + 24 + 4] = 0x12;
        UInt32(symbols + 48, anotherName);
        Bytes[symbols + 48 + 4] = 0x12;
        UInt16(versions + 2, 7);
        UInt16(versions + 4, secondUser ? 7 : 6);

        UInt16(needs, 1);
        UInt16(needs + 2, 2);
        UInt32(needs + 4, libraryName);
        UInt32(needs + 8, 16);
        UInt16(needs + 16 + 6, 6);
        UInt32(needs + 16 + 8, olderName);
        UInt32(needs + 16 + 12, 16);
        UInt16(needs + 32 + 6, 7);
        UInt32(needs + 32 + 8, versionName);

        UInt32(relocations + 12, referredTo ? 1 : 2);
        VersionFlags = needs + 32 + 4;
        MarkerInfo = symbols + 24 + 4;
        NeedsHeader = SectionTable + 4 * 64;
        SymbolsHeader = SectionTable + 2 * 64;
        Needs = needs;
    }

    public byte[] Bytes { get; }

    /// <summary>Where vna_flags of the newest version lies.</summary>
    public int VersionFlags { get; }

    /// <summary>Where st_info of the marker lies.</summary>
    public int MarkerInfo { get; }

    public int NeedsHeader { get; }

    public int SymbolsHeader { get; }

    public int Needs { get; }

    public void UInt16(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan(at), (ushort)value);

    public void UInt32(int at, long value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan(at), (uint)value);

    public void UInt64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Bytes.AsSpan(at), value);

    private void SectionHeader(int index, uint type, int offset, int size, uint link = 0, uint info = 0)
    {
        var at = SectionTable + index * 64;
        UInt32(at + 4, type);
        UInt64(at + 24, (ulong)offset);
        UInt64(at + 32, (ulong)size);
        UInt32(at + 40, link);
        UInt32(at + 44, info);
    }
}
