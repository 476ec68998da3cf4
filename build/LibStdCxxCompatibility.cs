using System.Text;
#if !NET
using System;
using System.IO;
#endif

namespace AttnPo.Build;

/// <summary>What was found in a file, and done about it.</summary>
public enum LibStdCxxNeed
{
    /// <summary>Another file: left as it is.</summary>
    NotRecognised,

    /// <summary>The need is weak already: left as it is.</summary>
    WasWeak,

    /// <summary>The need was made weak.</summary>
    MadeWeak,
}

/// <summary>
/// Lets TorchSharp's native library load where libstdc++ is older than GCC 13 (Debian 12, Ubuntu 22.04, RHEL 9). The library
/// asks for GLIBCXX_3.4.32 through one marker symbol that no code refers to, so the need can be made weak: the loader then
/// accepts a libstdc++ without it. Only a file in which exactly that is the case is changed, in two fields; any other file,
/// malformed ones included, stays byte for byte as it is.
/// </summary>
/// <remarks>Compiled by MSBuild's inline task factory and by the tests: it keeps to netstandard2.0, and to types that are the same
/// with and without nullable annotations.</remarks>
public static class LibStdCxxCompatibility
{
    private const string Library = "libstdc++.so.6";
    private const string Version = "GLIBCXX_3.4.32";
    private const string Marker = "_ZSt21ios_base_library_initv";

    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const int RelocationSize = 24;
    private const int VersionRecordSize = 16;
    private const long LargestFile = 1L << 28;

    private const ushort SharedObject = 3;
    private const ushort X64 = 62;
    private const uint Relocations = 4;
    private const uint DynamicSymbols = 11;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint SymbolVersions = 0x6fffffff;
    private const byte GlobalBinding = 1;
    private const byte WeakBinding = 2;
    private const ushort WeakVersion = 2;

    /// <summary>
    /// Makes the need weak in the file. The new content is written aside and renamed over the old, with its mode and time of
    /// change, so that an incremental copy takes the file for unchanged.
    /// </summary>
    public static LibStdCxxNeed ApplyTo(string path)
    {
        if (new FileInfo(path).Length > LargestFile) return LibStdCxxNeed.NotRecognised;
        var image = File.ReadAllBytes(path);
        var need = Apply(image);
        if (need != LibStdCxxNeed.MadeWeak) return need;
        var aside = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
        try
        {
            File.Copy(path, aside);
            File.WriteAllBytes(aside, image);
            File.SetLastWriteTimeUtc(aside, File.GetLastWriteTimeUtc(path));
            File.Replace(aside, path, null);
        }
        finally
        {
            if (File.Exists(aside)) File.Delete(aside);
        }
        return need;
    }

    /// <summary>Makes the need weak in the image of a file.</summary>
    public static LibStdCxxNeed Apply(byte[] image)
    {
        if (!TryReadSections(image, out var sections)) return LibStdCxxNeed.NotRecognised;
        if (!TryFindOnly(sections, DynamicSymbols, out var symbols) || !TryFindOnly(sections, VersionNeeds, out var needs)
            || !TryFindOnly(sections, SymbolVersions, out var versions)) return LibStdCxxNeed.NotRecognised;
        if (symbols.Link >= sections.Length || needs.Link >= sections.Length) return LibStdCxxNeed.NotRecognised;

        if (!TryFindNeed(image, needs, sections[needs.Link], out var need)) return LibStdCxxNeed.NotRecognised;
        var version = ReadUInt16(image, need + 6);
        if (!TryFindMarker(image, symbols, versions, sections[symbols.Link], version, out var symbol)) return LibStdCxxNeed.NotRecognised;
        if (IsReferredTo(image, sections, (symbol - symbols.Offset) / SymbolSize)) return LibStdCxxNeed.NotRecognised;

        var flags = ReadUInt16(image, need + 4);
        var binding = image[symbol + 4] >> 4;
        if ((flags & WeakVersion) != 0 && binding == WeakBinding) return LibStdCxxNeed.WasWeak;
        image[need + 4] |= (byte)WeakVersion;
        image[symbol + 4] = (byte)((WeakBinding << 4) | (image[symbol + 4] & 0x0f));
        return LibStdCxxNeed.MadeWeak;
    }

    private static bool TryReadSections(byte[] image, out Section[] sections)
    {
        sections = new Section[0];
        if (image.Length < HeaderSize || ReadUInt32(image, 0) != 0x464c457f || image[4] != 2 || image[5] != 1) return false;
        if (ReadUInt16(image, 16) != SharedObject || ReadUInt16(image, 18) != X64) return false;
        var table = ReadUInt64(image, 40);
        int count = ReadUInt16(image, 60);
        if (ReadUInt16(image, 58) != SectionHeaderSize || !Lies(image, table, (ulong)count * SectionHeaderSize)) return false;
        var read = new Section[count];
        for (var i = 0; i < count; i++)
        {
            var at = (int)table + i * SectionHeaderSize;
            var type = ReadUInt32(image, at + 4);
            ulong offset = ReadUInt64(image, at + 24), size = ReadUInt64(image, at + 32);
            // A section without content in the file (.bss) is never looked into.
            var present = Lies(image, offset, size);
            read[i] = new Section(type, present ? (int)offset : 0, present ? (int)size : 0, ReadUInt32(image, at + 40), ReadUInt32(image, at + 44));
        }
        sections = read;
        return true;
    }

    private static bool TryFindOnly(Section[] sections, uint type, out Section found)
    {
        found = default(Section);
        var count = 0;
        foreach (var section in sections)
        {
            if (section.Type != type) continue;
            found = section;
            count++;
        }
        return count == 1;
    }

    // .gnu.version_r: a list of libraries, each with a list of versions; both lists are chained by relative offsets.
    private static bool TryFindNeed(byte[] image, Section needs, Section names, out int found)
    {
        found = -1;
        long library = needs.Offset;
        for (uint i = 0; i < needs.Info; i++)
        {
            if (!Holds(needs, library, VersionRecordSize)) return false;
            var fromLibStdCxx = Names(image, names, ReadUInt32(image, (int)library + 4), Library);
            long version = library + ReadUInt32(image, (int)library + 8);
            int count = ReadUInt16(image, (int)library + 2);
            for (var k = 0; k < count; k++)
            {
                if (!Holds(needs, version, VersionRecordSize)) return false;
                if (fromLibStdCxx && Names(image, names, ReadUInt32(image, (int)version + 8), Version))
                {
                    if (found >= 0) return false;
                    found = (int)version;
                }
                var next = ReadUInt32(image, (int)version + 12);
                if (next < VersionRecordSize && k + 1 < count) return false;
                version += next;
            }
            var following = ReadUInt32(image, (int)library + 12);
            if (following < VersionRecordSize && i + 1 < needs.Info) return false;
            library += following;
        }
        return found >= 0;
    }

    // The marker must be the only symbol that asks for the version, undefined here, global or already weak.
    private static bool TryFindMarker(byte[] image, Section symbols, Section versions, Section names, ushort version, out int found)
    {
        found = -1;
        var count = symbols.Size / SymbolSize;
        if (versions.Size / 2 < count) return false;
        for (var i = 0; i < count; i++)
        {
            // The top bit of a symbol's version says "hidden"; the rest is the index.
            if ((ReadUInt16(image, versions.Offset + i * 2) & 0x7fff) != (version & 0x7fff)) continue;
            var symbol = symbols.Offset + i * SymbolSize;
            var binding = image[symbol + 4] >> 4;
            var undefined = ReadUInt16(image, symbol + 6) == 0;
            if (found >= 0 || !undefined || (binding != GlobalBinding && binding != WeakBinding)) return false;
            if (!Names(image, names, ReadUInt32(image, symbol), Marker)) return false;
            found = symbol;
        }
        return found >= 0;
    }

    private static bool IsReferredTo(byte[] image, Section[] sections, int symbolIndex)
    {
        foreach (var section in sections)
        {
            if (section.Type != Relocations) continue;
            for (var at = 0; at + RelocationSize <= section.Size; at += RelocationSize)
                if (ReadUInt32(image, section.Offset + at + 12) == symbolIndex) return true;
        }
        return false;
    }

    private static bool Names(byte[] image, Section names, uint offset, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(expected);
        if (offset > names.Size || names.Size - offset < bytes.Length + 1) return false;
        var start = names.Offset + (int)offset;
        for (var i = 0; i < bytes.Length; i++)
            if (image[start + i] != bytes[i]) return false;
        return image[start + bytes.Length] == 0;
    }

    private static bool Lies(byte[] image, ulong offset, ulong size)
    {
        return offset <= (ulong)image.Length && size <= (ulong)image.Length - offset;
    }

    private static bool Holds(Section section, long offset, int size)
    {
        return offset >= section.Offset && offset + size <= (long)section.Offset + section.Size;
    }

    private static ushort ReadUInt16(byte[] image, int at)
    {
        return (ushort)(image[at] | image[at + 1] << 8);
    }

    private static uint ReadUInt32(byte[] image, int at)
    {
        return ReadUInt16(image, at) | (uint)ReadUInt16(image, at + 2) << 16;
    }

    private static ulong ReadUInt64(byte[] image, int at)
    {
        return ReadUInt32(image, at) | (ulong)ReadUInt32(image, at + 4) << 32;
    }

    private struct Section
    {
        public readonly uint Type;
        public readonly int Offset;
        public readonly int Size;
        public readonly uint Link;
        public readonly uint Info;

        public Section(uint type, int offset, int size, uint link, uint info)
        {
            Type = type;
            Offset = offset;
            Size = size;
            Link = link;
            Info = info;
        }
    }
}

#if !NET
/// <summary>The build step. The inline task factory defines no framework symbol, the tests' compilation does.</summary>
public sealed class AcceptOlderLibStdCxx : Microsoft.Build.Utilities.Task
{
    /// <summary>The libraries, in an output or publish directory; never in the package cache.</summary>
    [Microsoft.Build.Framework.Required]
    public Microsoft.Build.Framework.ITaskItem[] Files { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        foreach (var file in Files)
        {
            if (LibStdCxxCompatibility.ApplyTo(file.ItemSpec) == LibStdCxxNeed.MadeWeak)
                Log.LogMessage("{0}: accepts a libstdc++ without GLIBCXX_3.4.32", file.ItemSpec);
        }
        return true;
    }
}
#endif
